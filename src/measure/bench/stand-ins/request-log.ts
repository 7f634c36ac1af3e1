import { BoundedQueue } from '../../../core/index.js';

/** One request to the language model, as the stand-in saw it. Durations count from the request's last byte. */
export interface LlmRequestRecord {
  readonly atWallMs: number;
  /** `gone`: the client went away before the end, as it does when a person interrupts. */
  readonly outcome: 'replied' | 'called_tool' | 'gone' | 'failed';
  readonly firstTokenMs: number | undefined;
  /** To the last token of the first sentence: the language model's own share of the way to the first sound. */
  readonly firstSentenceMs: number | undefined;
  readonly tokens: number;
  /** What the device is told at the beginning of its reply; joins this record with a turn. Unique but for chance. */
  readonly firstSentence: string;
}

/** One request to the voice. */
export interface TtsRequestRecord {
  readonly atWallMs: number;
  readonly outcome: 'spoken' | 'gone' | 'failed';
  readonly firstByteMs: number | undefined;
  readonly characters: number;
  readonly audioMs: number;
}

/** More than any run makes: ten minutes of sixty devices are 4,000 turns of three sentences. The oldest fall out. */
const KEPT = 50_000;

/** What was asked of the stand-ins, for the judgement of a run. */
export class RequestLog {
  readonly #llm = new BoundedQueue<LlmRequestRecord>(KEPT, 'dropOldest');
  readonly #tts = new BoundedQueue<TtsRequestRecord>(KEPT, 'dropOldest');

  llm(record: LlmRequestRecord): void {
    this.#llm.push(record);
  }

  tts(record: TtsRequestRecord): void {
    this.#tts.push(record);
  }

  /** Everything since the last time. */
  take(): { readonly llm: readonly LlmRequestRecord[]; readonly tts: readonly TtsRequestRecord[] } {
    return { llm: this.#llm.drain(), tts: this.#tts.drain() };
  }
}
