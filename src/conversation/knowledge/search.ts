import { findTerm, questionTerms, type PassageIndex } from './passage-index.js';

export interface IndexedDocument {
  readonly id: string;
  readonly index: PassageIndex;
}

export interface PassageHit {
  readonly documentId: string;
  readonly number: number;
  readonly score: number;
  /** Share of the question's terms that the passage contains, 0 to 1. Rare terms weigh more. */
  readonly coverage: number;
  /** Number of the question's terms that the passage contains. */
  readonly matched: number;
  /** Number of the question's terms. */
  readonly asked: number;
}

/** Usual parameters of BM25. */
const K1 = 1.2;
const B = 0.75;
const MAX_TERMS = 40;
/** A hit is dropped if its score is below this share of the best score. */
const WEAKEST = 0.35;

interface Sums {
  score: number;
  weight: number;
  matched: number;
}

/** Ranks by BM25 over all documents together, best first. */
export function searchPassages(
  documents: readonly IndexedDocument[],
  question: string,
  most: number,
): readonly PassageHit[] {
  const terms = questionTerms(question).slice(0, MAX_TERMS);
  const total = documents.reduce((sum, { index }) => sum + index.lengths.length, 0);
  if (terms.length === 0 || total === 0) return [];
  const words = documents.reduce((sum, { index }) => sum + index.lengths.reduce((a, b) => a + b, 0), 0);
  const meanLength = Math.max(1, words / total);
  const found = documents.map(() => new Map<number, Sums>());
  let asked = 0;
  for (const term of terms) {
    const places = documents.map(({ index }) => findTerm(index, term));
    const inPassages = documents.reduce((sum, { index }, n) => sum + postingsOf(index, places[n]), 0);
    const weight = Math.log(1 + (total - inPassages + 0.5) / (inPassages + 0.5));
    asked += weight;
    documents.forEach(({ index }, n) =>
      addPostings(index, places[n], weight, meanLength, found[n] as Map<number, Sums>),
    );
  }
  const hits = documents.flatMap(({ id }, n) =>
    [...(found[n] ?? [])].map(([number, { score, weight, matched }]): PassageHit => ({
      documentId: id,
      number,
      score,
      coverage: asked === 0 ? 0 : weight / asked,
      matched,
      asked: terms.length,
    })),
  );
  hits.sort((a, b) => b.score - a.score || a.number - b.number);
  const best = hits[0]?.score ?? 0;
  return hits.filter(({ score }) => score >= best * WEAKEST).slice(0, most);
}

function postingsOf({ starts }: PassageIndex, place: number | undefined): number {
  return place === undefined ? 0 : (starts[place + 1] ?? 0) - (starts[place] ?? 0);
}

function addPostings(
  { starts, numbers, counts, lengths }: PassageIndex,
  place: number | undefined,
  weight: number,
  meanLength: number,
  found: Map<number, Sums>,
): void {
  if (place === undefined) return;
  for (let at = starts[place] ?? 0; at < (starts[place + 1] ?? 0); at++) {
    const number = numbers[at] ?? 0;
    const count = counts[at] ?? 0;
    const length = (lengths[number] ?? 0) / meanLength;
    const sums = found.get(number) ?? { score: 0, weight: 0, matched: 0 };
    sums.score += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
    sums.weight += weight;
    sums.matched += 1;
    found.set(number, sums);
  }
}
