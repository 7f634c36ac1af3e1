import { isWav, type SpeechFormat } from '../../audio/format.js';
import type { TtsProvider, TtsRequest } from '../tts/tts-port.js';
import { broken } from './http.js';
import { serviceError } from './refusal.js';
import { serviceVoice, type ServiceVoiceOptions } from './service-voice.js';
import { wireWords } from './words.js';

export interface HttpVoiceOptions extends ServiceVoiceOptions {
  /** Resolves with a 2xx answer. Errors: `tts.*`, or the signal's reason. */
  readonly ask: (request: TtsRequest, key: string | undefined, signal: AbortSignal) => Promise<Response>;
  /** For an answer in another format, such as JSON. Errors: `tts.*`. */
  readonly unpack?: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** The first audio takes a second. Later audio arrives five times faster than speech. */
const GUESS = { overheadMs: 1000, msPerUnit: 12 };

/**
 * A voice over HTTP. `synthesize` resolves at the first bytes. `format` is the requested format. The type or the first
 * bytes of the answer may show another format.
 */
export function httpVoice(options: HttpVoiceOptions): TtsProvider {
  return serviceVoice(options, GUESS, {
    async speak(request, key, signal, done) {
      const { body, sent, first } = await begin(options, request, key, signal);
      signal.addEventListener('abort', () => done(false), { once: true });
      return { format: sent, chunks: chunksOf(first, body, signal, done) };
    },
  });
}

type Body = AsyncIterator<Uint8Array, unknown>;

async function begin(
  { ask, unpack, format }: HttpVoiceOptions,
  request: TtsRequest,
  key: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly body: Body; readonly sent: SpeechFormat; readonly first: Uint8Array }> {
  const response = await ask(request, key, signal);
  const type = response.headers.get('content-type') ?? '';
  if (!response.body || (!unpack && /json|text\//iu.test(type))) {
    await response.body?.cancel();
    throw serviceError('tts', 'failed', wireWords.notAudio);
  }
  const raw = response.body as AsyncIterable<Uint8Array>;
  const body = (unpack?.(raw) ?? raw)[Symbol.asyncIterator]();
  try {
    const first = await firstOf(body, signal);
    return { body, sent: formatOf(first, type, format), first };
  } catch (error) {
    await cancelBody(body);
    throw error;
  }
}

async function firstOf(body: Body, signal: AbortSignal): Promise<Uint8Array> {
  const first = await next(body, signal);
  if (!first) throw serviceError('tts', 'failed', wireWords.noAudio);
  return first;
}

/** Many services send an error message with status 200, so the first bytes decide. */
function formatOf(first: Uint8Array, type: string, asked: SpeechFormat): SpeechFormat {
  const begins = Buffer.from(first.subarray(0, 4)).toString('latin1');
  if (isWav(first)) return { kind: 'wav' };
  if (begins.startsWith('ID3') || (first[0] === 0xff && (asked.kind === 'mp3' || /mpeg/iu.test(type))))
    return { kind: 'mp3' };
  if (asked.kind !== 'pcm') throw serviceError('tts', 'failed', wireWords.otherAudio(asked.kind));
  const rateHz = Number(/\brate=(\d{4,5})\b/iu.exec(type)?.[1] ?? asked.rateHz);
  return { kind: 'pcm', rateHz };
}

async function* chunksOf(
  first: Uint8Array,
  body: Body,
  signal: AbortSignal,
  done: (complete: boolean) => void,
): AsyncGenerator<Uint8Array, void> {
  let complete = false;
  try {
    signal.throwIfAborted();
    yield first;
    for (;;) {
      const value = await next(body, signal);
      if (!value) break;
      yield value;
    }
    complete = true;
  } finally {
    done(complete);
    if (!complete) await cancelBody(body);
  }
}

async function next(body: Body, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    for (;;) {
      const { done, value } = await body.next();
      signal.throwIfAborted();
      if (done === true) return undefined;
      if (value.byteLength > 0) return value;
    }
  } catch (error) {
    throw broken('tts', error, signal, wireWords.stopped);
  }
}

async function cancelBody(body: Body): Promise<void> {
  // Cancelling a failed body rejects. This is harmless.
  await body.return?.().catch(() => undefined);
}
