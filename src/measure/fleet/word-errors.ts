/** Titles that a reader says in full and a recogniser writes short. */
const SPOKEN: Readonly<Record<string, string>> = { mr: 'mister', mrs: 'missus', dr: 'doctor', st: 'saint' };

/**
 * Counts the edits, and the words of the reference. Both texts count in lower case, without punctuation, titles spelled
 * out.
 */
export function wordErrorRate(reference: string, heard: string): { readonly errors: number; readonly words: number } {
  const a = wordsOf(reference);
  const b = wordsOf(heard);
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  a.forEach((word, i) => {
    const next = [i + 1];
    b.forEach((other, j) => {
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    });
    row = next;
  });
  return { errors: row[b.length] ?? 0, words: a.length };
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => SPOKEN[word] ?? word);
}
