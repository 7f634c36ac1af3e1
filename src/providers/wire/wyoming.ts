import { type Bilingual, type Clock, type LanguageTag, primarySubtag, withTimeout } from '../../core/index.js';
import { encodeEvent, EventReader, wyomingEvent, type WyomingEvent } from '../../platform/wyoming/index.js';
import { text, words } from '../settings.js';
import { brokeOff, serviceError, unreadable } from './refusal.js';
import { tcpConnection } from './tcp-connection.js';
import { wireWords } from './words.js';

/** The form that Wyoming programs accept as `--uri`. */
export const wyomingAddress = (usual: string) =>
  text()
    .refine(isTcpAddress, 'not a tcp://host:port address')
    .default(usual)
    .meta(words('Address of the service: tcp://host:port.', '服务的地址：tcp://主机:端口。'));

function isTcpAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port } = new URL(address);
  return protocol === 'tcp:' && hostname !== '' && port !== '' && port !== '0';
}

interface Offer {
  readonly name: string;
  /** In the service's spelling: `zh`, `zh_CN`, `zh-CN`. */
  readonly languages: readonly string[];
}

export interface WyomingOffers {
  /** Models of the first recognition program. */
  readonly asr: readonly Offer[];
  /** Voices of the first speech program. */
  readonly tts: readonly Offer[];
  /** True if the service sends text during the speech. */
  readonly streamsText: boolean;
  /** True if the service accepts text in parts, and announces the end of the audio. */
  readonly streamsSpeech: boolean;
}

/** After this time, the service is asked again for its description, because it may have been replaced. */
const KNOWN_MS = 600_000;
/** More than any real service has. */
const MAX_OFFERS = 2_000;
const MAX_LANGUAGES = 500;
/** Maximum length of a model, voice or language name, and of an error message. */
const MAX_TEXT_CHARS = 256;
const ASK_MS = 5_000;

export const DESCRIBE = encodeEvent(wyomingEvent('describe'));

export class KnownOffers {
  #offers: WyomingOffers | undefined;
  #untilMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  get current(): WyomingOffers | undefined {
    return this.clock.nowMs() < this.#untilMs ? this.#offers : undefined;
  }

  learn(info: WyomingEvent): void {
    this.#offers = offersOf(info);
    this.#untilMs = this.clock.nowMs() + KNOWN_MS;
  }
}

/** Invalid entries are left out. */
export function offersOf({ data }: WyomingEvent): WyomingOffers {
  const [asr, tts] = [firstOf(data['asr']), firstOf(data['tts'])];
  return {
    asr: offersIn(asr['models']),
    tts: offersIn(tts['voices']),
    streamsText: asr['supports_transcript_streaming'] === true,
    streamsSpeech: tts['supports_synthesize_streaming'] === true,
  };
}

type WyomingKind = 'asr' | 'tts';

export const doesNotOffer = (kind: WyomingKind): Bilingual =>
  kind === 'asr' ? wireWords.wyoming.noRecognition : wireWords.wyoming.noSpeech;

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const firstOf = (value: unknown): Readonly<Record<string, unknown>> => objectOf(listOf(value)[0]);
const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT_CHARS;

const offersIn = (value: unknown): readonly Offer[] =>
  listOf(value)
    .slice(0, MAX_OFFERS)
    .map(objectOf)
    .filter(({ installed }) => installed !== false)
    .flatMap(({ name, languages }) =>
      isShort(name) ? [{ name, languages: listOf(languages).slice(0, MAX_LANGUAGES).filter(isShort) }] : [],
    );

/** Returns the service's spelling of the language, or undefined if the service does not list the language. */
export function languageIn(offers: readonly Offer[], language: LanguageTag): string | undefined {
  const wanted = primarySubtag(language);
  return offers.flatMap(({ languages }) => languages).find((one) => primarySubtag(one) === wanted);
}

/** Returns a summary of the service's offers, for people. Errors: `asr.*`, `tts.*`, or the signal's reason. */
export async function describeWyoming(
  { kind, url, clock }: { readonly kind: WyomingKind; readonly url: string; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Bilingual> {
  const slow = (): Error => serviceError(kind, 'timeout', wireWords.wyoming.noDescription);
  const offers = await withTimeout(clock, ASK_MS, signal, slow, (inner) => ask(kind, url, inner));
  const ours = offers[kind];
  if (ours.length === 0) throw serviceError(kind, 'failed', doesNotOffer(kind));
  const languages = [...new Set(ours.flatMap(({ languages: all }) => all.map(primarySubtag)))];
  return wireWords.wyoming.offer(some(ours.map(({ name }) => name)), some(languages));
}

function some(names: readonly string[], most = 6): Bilingual {
  const shown = names.slice(0, most);
  return shown.length < names.length ? wireWords.wyoming.first(shown, names.length) : wireWords.wyoming.listed(shown);
}

async function ask(kind: WyomingKind, url: string, signal: AbortSignal): Promise<WyomingOffers> {
  const connection = await tcpConnection({ kind, url }, signal);
  const reader = new EventReader();
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      connection.listen({
        message: (bytes) => {
          try {
            for (const event of reader.push(bytesOf(bytes))) if (event.type === 'info') resolve(offersOf(event));
          } catch (cause) {
            reject(unreadable(kind, cause));
          }
        },
        closed: (why) => reject(serviceError(kind, 'unreachable', brokeOff(why))),
      });
      connection.send(DESCRIBE);
    });
  } finally {
    connection.terminate();
  }
}

/** A TCP connection transfers only bytes. */
export const bytesOf = (message: string | Uint8Array): Uint8Array =>
  typeof message === 'string' ? Buffer.from(message) : message;

/** Some services, including Chorus, have their own error code for being busy. */
export function failureIn({ data }: WyomingEvent): {
  readonly type: 'failed';
  readonly code: 'rate_limited' | 'failed';
  readonly message: string;
} {
  const { text, code } = data;
  const busy = typeof code === 'string' && /busy|limit|capacity/iu.test(code);
  return {
    type: 'failed',
    code: busy ? 'rate_limited' : 'failed',
    message: typeof text === 'string' ? text.slice(0, MAX_TEXT_CHARS) : '',
  };
}
