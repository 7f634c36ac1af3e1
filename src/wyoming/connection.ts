import { asChorusError, ChorusError, ERROR_TABLE, isCancelled, type LanguageTag } from '../core/index.js';
import { formatOf, wyomingEvent, type WyomingEvent, textOf } from '../platform/wyoming/index.js';
import { ClientGone, type EventStream, unreadable } from './event-stream.js';
import { Hearing } from './hearing.js';
import { infoEvent } from './info.js';
import type { WyomingServerOptions } from './options.js';
import type { Speaker } from './speech.js';
import { StreamedText, type TextOutput } from './streamed-text.js';
import { wyomingWords } from './words.js';

export interface WyomingConnectionOptions extends Pick<
  WyomingServerOptions,
  'services' | 'version' | 'clock' | 'log' | 'metrics'
> {
  readonly speaker: Speaker;
  /**
   * Asks for permission to handle one utterance or text. The returned function gives the permission back. Returns
   * undefined if the server is busy.
   */
  readonly takeShare: () => (() => void) | undefined;
}

type Kind = 'asr' | 'tts';

const IDLE_MS = 60_000;
/** Longest pause within an utterance, or within a streamed text. A language model may pause while it reasons. */
const NEXT_MS: Readonly<Record<Kind, number>> = { asr: 10_000, tts: 60_000 };

export class WyomingConnection {
  #language: LanguageTag | undefined;
  #hearing: Hearing | undefined;
  #streaming: StreamedText | undefined;
  #doing: Kind | undefined;
  #release: (() => void) | undefined;

  constructor(
    private readonly events: EventStream,
    private readonly options: WyomingConnectionOptions,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const event = await this.events.next(this.#doing ? NEXT_MS[this.#doing] : IDLE_MS, signal);
        if (!event) break;
        await this.#handle(event, signal);
      }
      this.events.close();
    } catch (error) {
      this.#failed(error, signal);
    } finally {
      if (this.#doing) this.#over('cancelled');
    }
  }

  #failed(thrown: unknown, signal: AbortSignal): void {
    if (thrown instanceof ClientGone || signal.aborted || isCancelled(thrown)) {
      this.events.destroy();
      return;
    }
    const error = asChorusError(thrown);
    const { code } = error;
    this.options.log[ERROR_TABLE[code].log]('A Wyoming request failed', { code, reason: error.message });
    const busy = code.startsWith('capacity.') || code === 'wyoming.busy';
    if (this.#doing) this.#over(busy ? 'busy' : 'failed');
    else this.#count('other', busy ? 'busy' : 'failed');
    // The client gets the error table's text, because a service's message may quote what people said.
    this.events.close(wyomingEvent('error', { text: ERROR_TABLE[code].cause.en, code }));
  }

  async #handle(event: WyomingEvent, signal: AbortSignal): Promise<void> {
    switch (event.type) {
      case 'describe':
        await this.events.write(infoEvent(this.options.services, this.options.version), signal);
        break;
      case 'ping':
        await this.events.write(wyomingEvent('pong', { text: textOf(event).slice(0, 100) }), signal);
        break;
      case 'transcribe':
        this.#language = languageOf(event.data['language']);
        break;
      case 'audio-start':
        this.#beginHearing(event);
        break;
      case 'audio-chunk':
        if (!this.#hearing) this.#beginHearing(event);
        readable(() => this.#hearing?.push(event.payload, formatOf(event)));
        break;
      case 'audio-stop':
        await this.#understand(signal);
        break;
      case 'synthesize':
        // A streaming client also sends the whole text, for servers that do not stream.
        if (!this.#streaming) await this.#speakWhole(event, signal);
        break;
      case 'synthesize-start':
        this.#begin('tts');
        this.#streaming = new StreamedText(settingsIn(event), this.#speech(signal));
        break;
      case 'synthesize-chunk':
        await this.#streaming?.push(textOf(event), signal);
        break;
      case 'synthesize-stop':
        if (this.#streaming) await this.#endStreaming(this.#streaming, signal);
        break;
      default:
      // Unknown events are for other servers, so they are ignored.
    }
  }

  #beginHearing(event: WyomingEvent): void {
    this.#begin('asr');
    this.#hearing = new Hearing(readable(() => formatOf(event)));
  }

  async #understand(signal: AbortSignal): Promise<void> {
    const hearing = this.#hearing;
    this.#hearing = undefined;
    if (!hearing) return;
    const { services, clock } = this.options;
    const language = this.#language ?? services.language();
    const text = await hearing.text(services.recognizer, language, clock, this.#while(signal));
    await this.events.write(wyomingEvent('transcript', { text, language }), signal);
    this.#language = undefined;
    this.#over('done');
  }

  async #speakWhole(event: WyomingEvent, signal: AbortSignal): Promise<void> {
    this.#begin('tts');
    const text = new StreamedText(settingsIn(event), this.#speech(signal), 'together');
    await text.push(textOf(event), signal);
    await text.end(signal);
    this.#over('done');
  }

  async #endStreaming(text: StreamedText, signal: AbortSignal): Promise<void> {
    await text.end(signal);
    await this.events.write(wyomingEvent('synthesize-stopped'), signal);
    this.#streaming = undefined;
    this.#over('done');
  }

  #speech(signal: AbortSignal): TextOutput {
    const { speaker, services } = this.options;
    return {
      usualLanguage: services.language(),
      begin: (settings, take) => speaker.begin(settings, take),
      write: (event) => this.events.write(event, signal),
      within: (outer) => this.#while(outer),
    };
  }

  #while(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.events.gone]);
  }

  #begin(kind: Kind): void {
    if (this.#doing) this.#over('cancelled');
    this.#hearing = undefined;
    this.#streaming = undefined;
    this.#doing = kind;
    this.#release = this.options.takeShare();
    if (!this.#release) throw new ChorusError('wyoming.busy', wyomingWords.tooMany);
  }

  #over(result: 'done' | 'busy' | 'failed' | 'cancelled'): void {
    if (this.#doing) this.#count(this.#doing, result);
    this.#doing = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #count(kind: Kind | 'other', result: string): void {
    this.options.metrics.count('chorus_wyoming_requests_total', { kind, result });
  }
}

/** Reports an unsupported audio format as an invalid event. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ChorusError ? error : unreadable(error);
  }
}

/** Clients spell a language tag as `zh`, `zh_CN` or `zh-CN`. */
function languageOf(value: unknown): LanguageTag | undefined {
  return typeof value === 'string' && /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}$/.test(value)
    ? value.replaceAll('_', '-')
    : undefined;
}

function settingsIn({ data }: WyomingEvent): {
  readonly language: LanguageTag | undefined;
  readonly voice: string | undefined;
} {
  const voice = typeof data['voice'] === 'object' && data['voice'] !== null ? data['voice'] : {};
  const { name, language } = voice as { readonly name?: unknown; readonly language?: unknown };
  return {
    language: languageOf(language),
    voice: typeof name === 'string' && name !== '' && name.length <= 256 ? name : undefined,
  };
}
