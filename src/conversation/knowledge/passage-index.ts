import { stemmer } from 'stemmer';
import type { KnowledgePassage } from '../../platform/store/index.js';
import { termsOf } from '../memory/terms.js';

/**
 * The full-text index of one document. `terms` is sorted. In `numbers` and `counts`, term `n` has the entries from
 * `starts[n]` up to, but not including, `starts[n + 1]`.
 */
export interface PassageIndex {
  readonly terms: readonly string[];
  readonly starts: Uint32Array;
  /** For each entry, the number of the passage that contains the term. */
  readonly numbers: Uint16Array;
  /** For each entry, how many times the term occurs in the passage, at most 255. */
  readonly counts: Uint8Array;
  /** For each passage, its number of terms. */
  readonly lengths: Uint16Array;
}

/** Words of a question that say nothing about its subject. */
const ASKING =
  /怎么样|怎么办|怎么|怎样|如何|什么时候|什么|为什么|为何|哪里|哪个|哪些|多少|多久|请问|请|帮我|告诉我|能不能|可不可以|可以|需要|应该|吗|呢|吧|啊|的|了/g;
const MAX_COUNT = 255;
const MAX_LENGTH = 65_535;

/** Splits a text as the search of memories does, but also reduces English words to their stems. */
export function searchTerms(text: string): readonly string[] {
  return termsOf(text).map((term) => (/^[a-z]+$/.test(term) ? stemmer(term) : term));
}

export function questionTerms(question: string): readonly string[] {
  return [...new Set(searchTerms(question.replaceAll(ASKING, ' ')))];
}

/** A passage is also found by the words of its document's title, and of its heading or page. */
export function indexPassages(title: string, passages: readonly KnowledgePassage[]): PassageIndex {
  const postings = new Map<string, Map<number, number>>();
  const lengths = new Uint16Array(passages.length);
  const ofTitle = searchTerms(title);
  passages.forEach(({ place, text }, number) => {
    const terms = [...ofTitle, ...searchTerms(place), ...searchTerms(text)];
    lengths[number] = Math.min(MAX_LENGTH, terms.length);
    for (const term of terms) {
      const found = postings.get(term) ?? new Map<number, number>();
      postings.set(term, found.set(number, (found.get(number) ?? 0) + 1));
    }
  });
  const terms = [...postings.keys()].sort(byCodeUnits);
  const starts = new Uint32Array(terms.length + 1);
  terms.forEach((term, at) => (starts[at + 1] = (starts[at] ?? 0) + (postings.get(term)?.size ?? 0)));
  const entries = terms.flatMap((term) => [...(postings.get(term) ?? [])]);
  return {
    terms,
    starts,
    numbers: Uint16Array.from(entries, ([number]) => number),
    counts: Uint8Array.from(entries, ([, count]) => Math.min(MAX_COUNT, count)),
    lengths,
  };
}

/** Index of a term in `terms`. Undefined if the document does not contain the term. */
export function findTerm({ terms }: PassageIndex, term: string): number | undefined {
  let low = 0;
  let high = terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = terms[middle] ?? '';
    if (here === term) return middle;
    if (here < term) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const FORMAT = 1;

export function writeIndex({ terms, starts, numbers, counts, lengths }: PassageIndex): string {
  const arrays = [starts, numbers, counts, lengths].map((array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'),
  );
  return [String(FORMAT), terms.join(' '), ...arrays].join('\n');
}

/** Undefined if the index is damaged, or has another format. */
export function readIndex(text: string): PassageIndex | undefined {
  const [format, terms = '', starts = '', numbers = '', counts = '', lengths = ''] = text.split('\n');
  if (format !== String(FORMAT)) return undefined;
  try {
    const index: PassageIndex = {
      terms: terms === '' ? [] : terms.split(' '),
      starts: new Uint32Array(bytes(starts)),
      numbers: new Uint16Array(bytes(numbers)),
      counts: new Uint8Array(bytes(counts)),
      lengths: new Uint16Array(bytes(lengths)),
    };
    return index.starts.length === index.terms.length + 1 ? index : undefined;
  } catch {
    return undefined; // The length of the bytes does not fit the array.
  }
}

/** Copies the bytes, because a Buffer from Node's pool may begin at an unaligned address. */
function bytes(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
}
