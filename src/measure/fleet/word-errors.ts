import { editDistances } from '../../core/index.js';

/** Titles that a reader says in full and a recogniser abbreviates. */
const SPOKEN: Readonly<Record<string, string>> = { mr: 'mister', mrs: 'missus', dr: 'doctor', st: 'saint' };

/** Counts the edits, and the words of the reference. Case and punctuation do not count, and titles are spelled out. */
export function wordErrorRate(reference: string, heard: string): { readonly errors: number; readonly words: number } {
  const a = wordsOf(reference);
  const b = wordsOf(heard);
  return { errors: editDistances(a, b).at(-1) ?? 0, words: a.length };
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => SPOKEN[word] ?? word);
}
