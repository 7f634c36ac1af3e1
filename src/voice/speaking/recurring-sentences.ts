import { createHmac, randomBytes } from 'node:crypto';

/** Said to so many devices, a sentence is nobody's own any more. */
const DEVICES = 3;
/** Some 170 bytes each, measured. */
const MAX_SENTENCES = 8_192;
const HASH_BYTES = 12;

/**
 * Which sentences were said to three devices or more. Kept are hashes under a key that dies with the process, so that
 * neither memory nor anything written tells what was said to one or two.
 */
export class RecurringSentences {
  readonly #secret = randomBytes(32);

  constructor(
    private readonly maxSentences = MAX_SENTENCES,
    /** Of each sentence the devices that heard it, at most three; in the order of use. Given by tests, to look at it. */
    private readonly heardBy = new Map<string, readonly string[]>(),
  ) {}

  /** The device is told the sentence. True: it recurs. */
  said(sentence: string, deviceId: string): boolean {
    const key = this.#hash(sentence);
    const known = this.heardBy.get(key) ?? [];
    const device = known.length < DEVICES ? this.#hash(deviceId) : undefined;
    // Not spread: V8 leaves room for sixteen more in a list that is, in all of these.
    const heardBy = device === undefined || known.includes(device) ? known : known.concat(device);
    this.heardBy.delete(key);
    this.heardBy.set(key, heardBy);
    const [oldest] = this.heardBy.keys();
    if (this.heardBy.size > this.maxSentences && oldest !== undefined) this.heardBy.delete(oldest);
    return heardBy.length >= DEVICES;
  }

  /** Sentences that are counted. */
  get size(): number {
    return this.heardBy.size;
  }

  #hash(value: string): string {
    // Cut as bytes: a piece of a string keeps the whole of it in memory.
    return createHmac('sha256', this.#secret).update(value).digest().toString('base64', 0, HASH_BYTES);
  }
}
