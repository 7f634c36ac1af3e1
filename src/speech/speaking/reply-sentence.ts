import { Change } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import type { SpokenSentence } from './pacing/heard-text.js';

/** Pauses after a sentence, and after a part that was cut at a comma. */
export const SENTENCE_PAUSE_MS = 250;
const CLAUSE_PAUSE_MS = 120;

export class ReplySentence implements SpokenSentence {
  packets = 0;
  complete = false;
  #pieces: string[];
  #open: boolean;
  /** True if the text came in pieces. The text may then begin or end with white space. */
  readonly #written: boolean;
  readonly #change = new Change();

  /**
   * `open` is true if more text may follow. `speech` is set if the model produces the speech itself. `recorded` are
   * packets that already exist.
   */
  constructor(
    readonly index: number,
    text: string,
    open: boolean,
    readonly speech?: ModelSpeech,
    readonly recorded?: readonly Uint8Array[],
  ) {
    this.#pieces = [text];
    this.#open = this.#written = open;
  }

  get text(): string {
    const text = this.#pieces.join('');
    return this.#written && !this.#open ? text.trim() : text;
  }

  get open(): boolean {
    return this.#open;
  }

  write(piece: string): void {
    if (!this.#open || piece === '') return;
    this.#pieces.push(piece);
    this.#change.tell();
  }

  close(): void {
    this.#open = false;
    this.#change.tell();
  }

  replaceText(text: string): void {
    this.#pieces = [text];
  }

  /** Resolves when the text is complete. */
  async whole(): Promise<void> {
    while (this.#open) await this.#change.next();
  }

  async *pieces(signal: AbortSignal): AsyncGenerator<string, void> {
    const onAbort = (): void => this.#change.tell();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (let at = 0; !signal.aborted;) {
        const piece = this.#pieces[at];
        if (piece !== undefined) {
          at += 1;
          yield piece;
        } else if (this.#open) await this.#change.next();
        else return;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

export function pauseAfter(text: string): number {
  return /[.!?。！？…][\s"'”’」』）)]*$/u.test(text) ? SENTENCE_PAUSE_MS : CLAUSE_PAUSE_MS;
}
