import { type ChorusError } from '../../core/index.js';
import type { LlmDelta, ModelSpeech, ToolCall } from '../llm/llm-port.js';
import { readArguments } from '../llm/tool-arguments.js';
import { ChunkStream } from '../tts/chunk-stream.js';
import { serviceError } from './refusal.js';
import type { RealtimeNews } from './realtime-dialect.js';
import { wireWords } from './words.js';

export interface ResponseHost {
  pause(): void;
  resume(): void;
  truncate(itemId: string, heardMs: number): void;
}

/** The connection is paused at this amount of unread speech: 44 s of PCM at 24 kHz. */
const MAX_UNREAD_BYTES = 2 * 1024 * 1024;
/** Nearly six minutes of PCM at 24 kHz. */
const MAX_AUDIO_BYTES = 16 * 1024 * 1024;
/** Text for much longer than six minutes of speech. */
const MAX_TEXT_CHARS = 50_000;
const MAX_CALLS = 16;

export class RealtimeResponse {
  /** The answer's id at the service. Undefined if the answer has not begun, or has no id. */
  id: string | undefined;
  begun = false;
  cancelled = false;
  over = false;
  readonly #deltas: LlmDelta[] = [];
  readonly #speech: ChunkStream;
  #itemId: string | undefined;
  #audioBytes = 0;
  #textChars = 0;
  #calls = 0;
  #paused = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(
    private readonly voice: string,
    private readonly rateHz: number,
    private readonly host: ResponseHost,
  ) {
    this.#speech = new ChunkStream(
      { pause: () => this.#pause(true), resume: () => this.#pause(false), close: () => this.#pause(false) },
      MAX_UNREAD_BYTES,
    );
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Returns an error if the answer is invalid. The session must then end. */
  take(news: RealtimeNews): ChorusError | undefined {
    if (this.over || (this.cancelled && news.type !== 'response_over')) return undefined;
    switch (news.type) {
      case 'text':
        this.#textChars += news.text.length;
        if (this.#textChars > MAX_TEXT_CHARS) return endless();
        this.#push({ type: 'text', text: news.text });
        return undefined;
      case 'audio':
        this.#itemId = news.itemId ?? this.#itemId;
        this.#audioBytes += news.bytes.byteLength;
        if (this.#audioBytes > MAX_AUDIO_BYTES) return endless();
        this.#speech.push(news.bytes);
        // A reader gets speech only with its text. Without text, the connection would stay paused.
        return this.#paused && this.#textChars === 0 ? wordless() : undefined;
      case 'tool_call':
        this.#calls += 1;
        if (this.#calls > MAX_CALLS) return endless();
        this.#push({ type: 'tool_call', call: callOf(news) });
        return undefined;
      case 'response_over': {
        const { inputTokens, outputTokens } = news;
        if (this.#audioBytes > 0 && this.#textChars === 0 && !this.cancelled) return wordless();
        if (inputTokens !== undefined || outputTokens !== undefined)
          this.#push({ type: 'usage', inputTokens, outputTokens });
        this.#end();
        return undefined;
      }
      default:
        return undefined;
    }
  }

  fail(error: unknown): void {
    if (this.over) return;
    this.#failure = error;
    this.#end();
  }

  drop(): void {
    this.#speech.end();
    this.#pause(false);
    this.#deltas.length = 0;
    this.#wake?.();
  }

  /** Errors: the error from {@link fail}, or the signal's reason. */
  async *deltas(signal: AbortSignal): AsyncGenerator<LlmDelta> {
    const onAbort = (): void => this.#wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield { type: 'speech', speech: this.#modelSpeech() };
      for (;;) {
        signal.throwIfAborted();
        const delta = this.#deltas.shift();
        if (delta) {
          yield delta;
        } else if (this.over) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #modelSpeech(): ModelSpeech {
    return {
      voice: this.voice,
      format: { kind: 'pcm', rateHz: this.rateHz },
      chunks: this.#speech,
      stopped: (heardMs: number): void => {
        const madeMs = (this.#audioBytes * 1000) / (2 * this.rateHz);
        if (this.#itemId !== undefined && heardMs < madeMs) this.host.truncate(this.#itemId, Math.floor(heardMs));
      },
    };
  }

  #push(delta: LlmDelta): void {
    this.#deltas.push(delta);
    this.#wake?.();
  }

  #end(): void {
    this.over = true;
    this.#speech.end();
    this.#wake?.();
  }

  #pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.host[paused ? 'pause' : 'resume']();
  }
}

const endless = (): ChorusError => serviceError('realtime', 'failed', wireWords.speaksOn);

const wordless = (): ChorusError => serviceError('realtime', 'failed', wireWords.noText);

function callOf({ callId, name, arguments: text }: Extract<RealtimeNews, { readonly type: 'tool_call' }>): ToolCall {
  return { id: callId, name, ...readArguments(text) };
}
