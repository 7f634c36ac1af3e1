import { both, ChorusError, type Bilingual } from '../../../core/index.js';
import { MAX_CHARACTERS } from '../limits.js';

/** A part of a document with its place: a page, or the text below a heading. */
export interface Section {
  /** Empty: unknown. */
  readonly place: string;
  readonly text: string;
}

/** The text of a document as its reader finds it. */
export interface DocumentText {
  readonly format: 'pdf' | 'docx' | 'markdown' | 'text';
  /** The title that the document gives itself. */
  readonly title: string | undefined;
  readonly pages: number | undefined;
  readonly sections: readonly Section[];
}

/** Counts the characters that were read, and refuses a document that has too many. */
export class CharacterBudget {
  #read = 0;

  /** Error: `knowledge.too_large`. */
  take(text: string): string {
    this.#read += text.length;
    if (this.#read > MAX_CHARACTERS)
      throw tooLarge(
        both(`the document has more than ${MAX_CHARACTERS} characters`, `文档超过 ${MAX_CHARACTERS} 个字符`),
      );
    return text;
  }
}

export function unreadable({ en, zh }: Bilingual, cause?: unknown): ChorusError {
  return new ChorusError('knowledge.unreadable', both(`the document cannot be read: ${en}`, `文档读不出来：${zh}`), {
    cause,
  });
}

export function tooLarge(sentence: Bilingual): ChorusError {
  return new ChorusError('knowledge.too_large', sentence);
}
