import { BoundedQueue } from '../../../core/index.js';

/** Durations count from the request's last byte. */
export interface LlmRequestRecord {
  readonly atWallMs: number;
  /** `gone` means that the client went away before the end, as a server does when a person interrupts. */
  readonly outcome: 'replied' | 'called_tool' | 'gone' | 'failed';
  readonly firstTokenMs: number | undefined;
  /**
   * Time to the last token of the first sentence. This is the language model's share of the time to the first sound.
   */
  readonly firstSentenceMs: number | undefined;
  readonly tokens: number;
  /** First sentence of the reply, which matches this record with a turn. Two requests rarely get the same sentence. */
  readonly firstSentence: string;
}

export interface TtsRequestRecord {
  readonly atWallMs: number;
  readonly outcome: 'spoken' | 'gone' | 'failed';
  readonly firstByteMs: number | undefined;
  readonly characters: number;
  readonly audioMs: number;
}

/**
 * Beyond this number, the oldest records are dropped. A run makes fewer: sixty devices have 4,000 turns of three
 * sentences in ten minutes.
 */
const KEPT = 50_000;

export class RequestLog {
  readonly #llm = new BoundedQueue<LlmRequestRecord>(KEPT, 'dropOldest');
  readonly #tts = new BoundedQueue<TtsRequestRecord>(KEPT, 'dropOldest');

  llm(record: LlmRequestRecord): void {
    this.#llm.push(record);
  }

  tts(record: TtsRequestRecord): void {
    this.#tts.push(record);
  }

  /** All records since the last call. */
  take(): { readonly llm: readonly LlmRequestRecord[]; readonly tts: readonly TtsRequestRecord[] } {
    return { llm: this.#llm.drain(), tts: this.#tts.drain() };
  }
}
