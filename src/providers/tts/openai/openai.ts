import { both, ChorusError, type Clock, type HttpClient } from '../../../core/index.js';
import type { SpeechFormat } from '../../../audio/format.js';
import type { ServiceGate } from '../../service-gate.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts-port.js';
import { SynthesisCost } from '../speed.js';
import { askService, BROKE_OFF, broken, withoutSlash } from '../../wire/http.js';

export interface OpenAiTtsOptions {
  readonly clock: Clock;
  /** Up to and including `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly voice: string;
  /** Default `pcm`: nothing to decode, and the first bytes are sound. */
  readonly format?: 'pcm' | 'mp3' | 'wav';
  /** One lease for each sentence that the service speaks. Without a key there is no Authorization header, as local
   * services want it. */
  readonly gate: ServiceGate;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
  /** In place of the global `fetch`. */
  readonly http?: HttpClient;
}

/**
 * Any service that speaks OpenAI's `POST /audio/speech`. The body is read as it comes. Resolves when the first bytes
 * are there.
 */
export function openAiTts(options: OpenAiTtsOptions): TtsProvider {
  const { clock, gate } = options;
  const format = speechFormat(options);
  // Until it is known better: a second to the first audio, five times faster than speech after that.
  const cost = new SynthesisCost({ overheadMs: 1000, msPerUnit: 12 });

  return {
    id: 'openai',
    languages: ['*'],
    local: false,
    predictMs: (text) => cost.predictMs(text),
    expect: () => options.http?.open?.(options.baseUrl),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      if (!/[\p{L}\p{N}]/u.test(request.text)) return { format, chunks: nothing() };
      const lease = await gate.take(request.device, signal);
      const { release } = lease;
      const startedMs = clock.nowMs();
      try {
        const body = await ask(options, request, lease.key, signal);
        const first = await readFirst(body, format, signal);
        const done = (complete: boolean): void => {
          release();
          if (complete) cost.observe(request.text, clock.nowMs() - startedMs);
        };
        signal.addEventListener('abort', release, { once: true });
        return { format, chunks: chunksOf(first, body, signal, done) };
      } catch (error) {
        lease.refused(error);
        release();
        throw error;
      }
    },
  };
}

type Body = ReadableStreamDefaultReader<Uint8Array>;

/** Raw samples do not name their rate. */
const OPENAI_PCM_RATE_HZ = 24_000;

function speechFormat(options: OpenAiTtsOptions): SpeechFormat {
  const kind = options.format ?? 'pcm';
  return kind === 'pcm' ? { kind, rateHz: OPENAI_PCM_RATE_HZ } : { kind };
}

async function ask(
  options: OpenAiTtsOptions,
  request: TtsRequest,
  key: string | undefined,
  signal: AbortSignal,
): Promise<Body> {
  const rate = request.rate ?? options.rate ?? 1;
  const response = await askService(
    {
      kind: 'tts',
      http: options.http,
      url: `${withoutSlash(options.baseUrl)}/audio/speech`,
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model: options.model,
        voice: request.voice ?? options.voice,
        input: request.text,
        response_format: options.format ?? 'pcm',
        ...(rate === 1 ? {} : { speed: rate }),
      }),
    },
    signal,
  );
  const type = response.headers.get('content-type') ?? '';
  if (!response.body || /json|text\//iu.test(type)) {
    await response.body?.cancel();
    throw new ChorusError(
      'tts.failed',
      both('the speech service answered with something that is not audio', '语音服务的回答不是声音'),
    );
  }
  return (response.body as ReadableStream<Uint8Array>).getReader();
}

/** The first bytes, checked: many services answer 200 with a page or a complaint. */
async function readFirst(body: Body, format: SpeechFormat, signal: AbortSignal): Promise<Uint8Array> {
  const { value } = await read(body, signal);
  if (!value) throw new ChorusError('tts.failed', both('the speech service sent no audio', '语音服务没有发来声音'));
  const plausible =
    format.kind === 'pcm' || (format.kind === 'wav' ? value[0] === 0x52 : value[0] === 0xff || value[0] === 0x49);
  if (!plausible) {
    await cancel(body);
    throw new ChorusError(
      'tts.failed',
      both(`the speech service sent something that is not ${format.kind}`, `语音服务发来的不是 ${format.kind}`),
    );
  }
  return value;
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
      const { value } = await read(body, signal);
      if (!value) break;
      yield value;
    }
    complete = true;
  } finally {
    done(complete);
    if (!complete) await cancel(body);
  }
}

/** The next bytes; undefined at the end. */
async function read(body: Body, signal: AbortSignal): Promise<{ readonly value: Uint8Array | undefined }> {
  try {
    for (;;) {
      const { done, value } = await body.read();
      signal.throwIfAborted();
      if (done) return { value: undefined };
      if (value.byteLength > 0) return { value };
    }
  } catch (error) {
    throw broken('tts', error, signal, BROKE_OFF);
  }
}

async function cancel(body: Body): Promise<void> {
  // A body that has failed already refuses to be cancelled, which is as good.
  await body.cancel().catch(() => undefined);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
