import { ChorusError, type Bilingual } from '../../../core/index.js';
import { MAX_CHARACTERS } from '../limits.js';
import { knowledgeWords } from '../words.js';

/** A part of a document with its place: a page, or the text below a heading. */
export interface Section {
  /** Empty: unknown. */
  readonly place: string;
  readonly text: string;
}

/** The text that a reader found in a document. */
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
    if (this.#read > MAX_CHARACTERS) throw tooLarge(knowledgeWords.tooLong(MAX_CHARACTERS));
    return text;
  }
}

export function unreadable(why: Bilingual, cause?: unknown): ChorusError {
  return new ChorusError('knowledge.unreadable', knowledgeWords.unreadable(why), { cause });
}

export function tooLarge(sentence: Bilingual): ChorusError {
  return new ChorusError('knowledge.too_large', sentence);
}
