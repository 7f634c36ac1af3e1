import { ChorusError } from '../../core/index.js';
import type { VoiceprintRecord, VoiceprintStore } from '../../platform/store/index.js';
import type { Voiceprints } from './voiceprint-port.js';
import { peopleWords } from './words.js';

export interface LocalVoiceprintsOptions {
  readonly store: Omit<VoiceprintStore, 'count'>;
  /** Vectors from different models are not compared. */
  readonly model: string;
  /** Lowest similarity at which a voice counts as known, 0 to 1. */
  readonly threshold: number;
  /**
   * The vector need not be normalised, but its norm must be above 0. Rejects with `engine.*`, `model.*`, `capacity.*`
   * or the signal's reason.
   */
  readonly embed: (pcm: Int16Array, signal: AbortSignal) => Promise<Float32Array>;
}

export interface Similarity {
  readonly id: string;
  /** Cosine of the angle between the two vectors, or 0 if the cosine is negative. */
  readonly score: number;
}

/**
 * A model on this server makes the voiceprints, and the database keeps them. Methods reject with the errors of `embed`,
 * `store.*` or `voiceprint.failed`.
 */
export class LocalVoiceprints implements Voiceprints {
  constructor(private readonly options: LocalVoiceprintsOptions) {}

  async register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void> {
    const { store, model } = this.options;
    const vector = textOf(await this.#vectorOf(pcm, signal));
    if (!(await store.keep({ id, model, vector })))
      throw new ChorusError('voiceprint.failed', peopleWords.tooManyVoices);
  }

  async identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined> {
    const best = await this.mostSimilar(ids, pcm, signal);
    return best && best.score >= this.options.threshold ? best.id : undefined;
  }

  /**
   * The id with the most similar voice, however low the similarity. Undefined if no id has a voiceprint of this model.
   */
  async mostSimilar(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<Similarity | undefined> {
    const known = (await this.options.store.voiceprints(ids)).filter(({ model }) => model === this.options.model);
    // Without voiceprints to compare with, the model need not run.
    if (known.length === 0) return undefined;
    const voice = await this.#vectorOf(pcm, signal);
    const [first, ...others] = known.map((record) => similarityOf(record, voice));
    return first && others.reduce((best, one) => (one.score > best.score ? one : best), first);
  }

  async remove(id: string): Promise<void> {
    await this.options.store.remove(id);
  }

  async #vectorOf(pcm: Int16Array, signal: AbortSignal): Promise<Float32Array> {
    const vector = await this.options.embed(pcm, signal);
    const length = Math.hypot(...vector);
    if (!Number.isFinite(length) || length === 0) throw new ChorusError('voiceprint.failed', peopleWords.nothingHeard);
    return vector.map((value) => value / length);
  }
}

function similarityOf({ id, vector }: VoiceprintRecord, voice: Float32Array): Similarity {
  const kept = vectorOf(vector);
  // A damaged record matches nobody.
  if (kept.length !== voice.length) return { id, score: 0 };
  const cosine = kept.reduce((sum, value, at) => sum + value * (voice[at] ?? 0), 0);
  return { id, score: Math.min(1, Math.max(0, cosine)) };
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Little-endian on every machine, because a database may be moved to another machine. */
function textOf(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * BYTES);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * BYTES);
  return bytes.toString('base64');
}

function vectorOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, at) => bytes.readFloatLE(at * BYTES));
}
