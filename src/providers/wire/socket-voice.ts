import { both, type ChorusError, type Clock, withTimeout } from '../../core/index.js';
import type { SpeechFormat } from '../../audio/format.js';
import type { ServiceGate } from '../service-gate.js';
import { ChunkStream } from '../tts/chunk-stream.js';
import { SynthesisCost } from '../tts/speed.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';
import { brokeOff, said, serviceError, unreadable } from './refusal.js';
import type { MakeTtsDialect, TtsDialect, TtsNews } from './tts-dialect.js';

export interface SocketVoiceOptions {
  readonly id: string;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly gate: ServiceGate;
  /** What was asked for; the service may say otherwise before its first audio. */
  readonly format: SpeechFormat;
  readonly dialect: MakeTtsDialect;
}

const START_MS = 5_000;
/** Unread audio at which the connection is paused: 10 s of PCM at 24 kHz. */
const MAX_UNREAD_BYTES = 480 * 1024;

const late = (): ChorusError => serviceError('tts', 'timeout', both('does not begin', '没有开始'));

/** A voice over a socket: a connection for each sentence, and its audio as it comes. */
export function socketVoice(options: SocketVoiceOptions): TtsProvider {
  const { id, languages, clock, gate, format, dialect: make } = options;
  // Until it is known better: half a second to the first audio, five times faster than speech after that.
  const cost = new SynthesisCost({ overheadMs: 500, msPerUnit: 12 });
  return {
    id,
    languages,
    local: false,
    predictMs: (text) => cost.predictMs(text),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      if (!/[\p{L}\p{N}]/u.test(request.text)) return { format, chunks: nothing() };
      const lease = await gate.take(request.device, signal);
      const startedMs = clock.nowMs();
      try {
        const dialect = await make(request, lease.key);
        const connection = await withTimeout(clock, START_MS, signal, late, (inner) => dialect.connect(inner));
        const sentence = new Sentence(connection, dialect, signal, (complete) => {
          lease.release();
          if (complete) cost.observe(request.text, clock.nowMs() - startedMs);
        });
        await sentence.begun;
        const { rateHz } = sentence;
        return { format: rateHz === undefined ? format : { kind: 'pcm', rateHz }, chunks: sentence.chunks };
      } catch (error) {
        lease.refused(error);
        lease.release();
        throw error;
      }
    },
  };
}

/** From the first message to the end of the audio. */
class Sentence {
  readonly chunks: ChunkStream;
  /** Resolves with the first audio, rejects when the sentence ends without any. */
  readonly begun: Promise<void>;
  #begin: () => void = () => undefined;
  #refuse: (error: unknown) => void = () => undefined;
  #bytes = 0;
  #rateHz: number | undefined;
  #over = false;

  constructor(
    private readonly connection: ServiceConnection,
    private readonly dialect: TtsDialect,
    private readonly signal: AbortSignal,
    private readonly onEnd: (complete: boolean) => void,
  ) {
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.chunks = new ChunkStream(
      { pause: () => connection.pause(), resume: () => connection.resume(), close: () => this.#close() },
      MAX_UNREAD_BYTES,
    );
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) {
      this.#onAbort();
      return;
    }
    connection.listen({ message: (message) => this.#onMessage(message), closed: (why) => this.#onClosed(why) });
    for (const message of dialect.begin()) connection.send(message);
  }

  /** Undefined: as was asked for. Known with the first audio. */
  get rateHz(): number | undefined {
    return this.#rateHz;
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.signal.reason;
    this.#refuse(reason);
    this.chunks.abort(reason);
    this.#end(false);
  };

  #onMessage(message: WireMessage): void {
    if (this.#over) return;
    let news: readonly TtsNews[];
    try {
      news = this.dialect.read(message);
    } catch (error) {
      this.#fail(unreadable('tts', error));
      return;
    }
    for (const one of news) if (!this.#over) this.#take(one);
  }

  #take(news: TtsNews): void {
    switch (news.type) {
      case 'started':
        for (const message of this.dialect.speak()) this.connection.send(message);
        break;
      case 'rate':
        if (this.#bytes > 0 && news.rateHz !== this.#rateHz)
          this.#fail(serviceError('tts', 'failed', both('changed the sample rate in mid-speech', '中途改变了采样率')));
        this.#rateHz = news.rateHz;
        break;
      case 'audio':
        if (news.bytes.byteLength === 0) break;
        this.#bytes += news.bytes.byteLength;
        this.chunks.push(news.bytes);
        this.#begin();
        break;
      case 'over':
        if (this.#bytes === 0) this.#fail(serviceError('tts', 'failed', both('sent no audio', '没有发来音频')));
        else {
          this.chunks.end();
          this.#end(true);
        }
        break;
      case 'failed':
        this.#fail(serviceError('tts', news.code, said(news.message)));
        break;
    }
  }

  #onClosed(why: string): void {
    this.#fail(serviceError('tts', 'unreachable', brokeOff(why)));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#refuse(error);
    this.chunks.fail(error);
    this.#end(false);
  }

  /** The reader has left, or has read everything. */
  #close(): void {
    this.#end(false);
  }

  #end(complete: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.signal.removeEventListener('abort', this.#onAbort);
    this.connection.terminate();
    this.onEnd(complete);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
