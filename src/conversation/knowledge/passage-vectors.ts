import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type { PassageVector } from '../../platform/store/index.js';

/** The event loop runs other work after this many compared values. Comparing them takes about a millisecond. */
const NUMBERS_PER_SLICE = 250_000;
const LARGEST = 127;

/**
 * Eight bits per dimension are enough to rank passages, and take a quarter of the memory of 32 bits. Undefined if all
 * values are zero.
 */
export function packVector(values: readonly number[]): Int8Array | undefined {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0)) return undefined;
  return Int8Array.from(values, (value) => Math.round((value / largest) * LARGEST));
}

export const vectorText = (vector: Int8Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

export class PassageVectors {
  readonly #vectors = new Map<number, { readonly vector: Int8Array; readonly norm: number }>();

  get size(): number {
    return this.#vectors.size;
  }

  get bytes(): number {
    return this.#vectors.size * (this.dimensions ?? 0);
  }

  get dimensions(): number | undefined {
    return this.#vectors.values().next().value?.vector.length;
  }

  has(number: number): boolean {
    return this.#vectors.has(number);
  }

  /** Ignores a vector of zeros, and a vector with another number of dimensions. */
  add({ number, vector: text }: PassageVector): void {
    const vector = new Int8Array(Buffer.from(text, 'base64'));
    const norm = normOf(vector);
    if (norm > 0 && vector.length === (this.dimensions ?? vector.length)) this.#vectors.set(number, { vector, norm });
  }

  entries(): Iterable<readonly [number, { readonly vector: Int8Array; readonly norm: number }]> {
    return this.#vectors;
  }
}

export interface SimilarPassage {
  readonly documentId: string;
  readonly number: number;
  /** Cosine of the angle between the vectors of question and passage, at most 1. */
  readonly similarity: number;
}

/**
 * The passages whose similarity is at least `least`, best first. Comparing in slices lets the event loop run other
 * work.
 */
export async function similarPassages(
  documents: readonly { readonly id: string; readonly vectors: PassageVectors }[],
  question: Int8Array,
  least: number,
  most: number,
): Promise<readonly SimilarPassage[]> {
  const norm = normOf(question);
  const found: SimilarPassage[] = [];
  let compared = 0;
  for (const { id, vectors } of documents) {
    if (vectors.dimensions !== question.length) continue;
    for (const [number, passage] of vectors.entries()) {
      const similarity = dot(question, passage.vector) / (norm * passage.norm);
      if (similarity >= least) found.push({ documentId: id, number, similarity });
      compared += question.length;
      if (compared < NUMBERS_PER_SLICE) continue;
      compared = 0;
      await nextMacrotask();
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.number - b.number).slice(0, most);
}

const normOf = (vector: Int8Array): number => Math.sqrt(dot(vector, vector));

function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  // `| 0` tells the engine that the sum is a 32-bit integer. Even 4096 dimensions of 127 squared are far below the
  // limit.
  for (let at = 0; at < a.length; at++) sum = (sum + Math.imul(a[at] as number, b[at] as number)) | 0;
  return sum;
}
