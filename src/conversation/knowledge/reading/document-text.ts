import { ChorusError, type Bilingual } from '../../../core/index.js';
import { MAX_CHARACTERS } from '../limits.js';
import { knowledgeWords } from '../words.js';

/** A part of a document, with its place in the document: a page, or the heading above the text. */
export interface Section {
  /** Empty: not known. */
  readonly place: string;
  readonly text: string;
}

/** The text of a document, as a reader has found it. */
export interface DocumentText {
  readonly format: 'pdf' | 'docx' | 'markdown' | 'text';
  /** The title in the document itself. */
  readonly title: string | undefined;
  readonly pages: number | undefined;
  readonly sections: readonly Section[];
}

/** Counts the characters that were read, and refuses a document that has too many. */
export class CharacterBudget {
  #read = 0;

  /** Counts a text and returns it. Error: `knowledge.too_large`. */
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
