import { both, type Clock } from '../../core/index.js';
import type { SpeechFormat } from '../../audio/format.js';
import type { ServiceGate } from '../service-gate.js';
import { SynthesisCost } from '../tts/speed.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts/tts-port.js';
import { BROKE_OFF, broken } from './http.js';
import { serviceError } from './refusal.js';

export interface HttpVoiceOptions {
  readonly id: string;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly gate: ServiceGate;
  /** What was asked for. The answer may say, and begin, otherwise. */
  readonly format: SpeechFormat;
  /** One request to the service; resolves with an answer of 2xx. Errors: `tts.*`, or the signal's reason. */
  readonly ask: (request: TtsRequest, key: string | undefined, signal: AbortSignal) => Promise<Response>;
  /** The audio in an answer that is not audio itself. Errors: `tts.*`. */
  readonly unpack?: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** A connection will be needed soon. */
  readonly expect?: () => void;
}

/** A voice over HTTP: the body is read as it comes. Resolves when the first bytes are there. */
export function httpVoice(options: HttpVoiceOptions): TtsProvider {
  const { id, languages, clock, gate, format, expect } = options;
  // Until it is known better: a second to the first audio, five times faster than speech after that.
  const cost = new SynthesisCost({ overheadMs: 1000, msPerUnit: 12 });
  return {
    id,
    languages,
    local: false,
    predictMs: (text) => cost.predictMs(text),
    ...(expect && { expect }),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      if (!/[\p{L}\p{N}]/u.test(request.text)) return { format, chunks: nothing() };
      const lease = await gate.take(request.device, signal);
      const startedMs = clock.nowMs();
      try {
        const { body, sent, first } = await begin(options, request, lease.key, signal);
        const done = (complete: boolean): void => {
          lease.release();
          if (complete) cost.observe(request.text, clock.nowMs() - startedMs);
        };
        signal.addEventListener('abort', lease.release, { once: true });
        return { format: sent, chunks: chunksOf(first, body, signal, done) };
      } catch (error) {
        lease.refused(error);
        lease.release();
        throw error;
      }
    },
  };
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
    throw serviceError('tts', 'failed', both('answered with something that is not audio', '的回答不是音频'));
  }
  const raw = response.body as AsyncIterable<Uint8Array>;
  const body = (unpack?.(raw) ?? raw)[Symbol.asyncIterator]();
  try {
    const first = await firstOf(body, signal);
    return { body, sent: formatOf(first, type, format), first };
  } catch (error) {
    await leave(body);
    throw error;
  }
}

/** Enough to know what it is. */
async function firstOf(body: Body, signal: AbortSignal): Promise<Uint8Array> {
  const first = await next(body, signal);
  if (!first) throw serviceError('tts', 'failed', both('sent no audio', '没有发来音频'));
  return first;
}

/** What the answer is: by its first bytes and its type, whatever was asked for. Many answer 200 with a complaint. */
function formatOf(first: Uint8Array, type: string, asked: SpeechFormat): SpeechFormat {
  const begins = Buffer.from(first.subarray(0, 4)).toString('latin1');
  if (begins === 'RIFF') return { kind: 'wav' };
  if (begins.startsWith('ID3') || (first[0] === 0xff && (asked.kind === 'mp3' || /mpeg/iu.test(type))))
    return { kind: 'mp3' };
  if (asked.kind !== 'pcm')
    throw serviceError('tts', 'failed', both(`sent something that is not ${asked.kind}`, `发来的不是 ${asked.kind}`));
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
    if (!complete) await leave(body);
  }
}

/** The next bytes; undefined at the end. */
async function next(body: Body, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    for (;;) {
      const { done, value } = await body.next();
      signal.throwIfAborted();
      if (done === true) return undefined;
      if (value.byteLength > 0) return value;
    }
  } catch (error) {
    throw broken('tts', error, signal, BROKE_OFF);
  }
}

async function leave(body: Body): Promise<void> {
  // A body that has failed already refuses to be cancelled, which is as good.
  await body.return?.().catch(() => undefined);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
