import { ChorusError, type Bilingual } from '../../../core/index.js';
import { MAX_CHARACTERS } from '../limits.js';
import { knowledgeWords } from '../words.js';

export interface Section {
  /** A page, or the heading above the text. Empty if the place is not known. */
  readonly place: string;
  readonly text: string;
}

export interface DocumentText {
  readonly format: 'pdf' | 'docx' | 'markdown' | 'text';
  readonly title: string | undefined;
  readonly pages: number | undefined;
  readonly sections: readonly Section[];
}

export class CharacterBudget {
  #read = 0;

  /** Returns the same text. Throws `knowledge.too_large` if the whole document is too long. */
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
