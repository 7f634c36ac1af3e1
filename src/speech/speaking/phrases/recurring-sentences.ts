import { createHmac, randomBytes } from 'node:crypto';

/** A sentence spoken to this many devices is not personal. */
const DEVICES = 3;
/** 32-bit words for each sentence: two for its hash, and one for each device that heard it. 0 means no device. */
const ROW_WORDS = 2 + DEVICES;
/** Number of sentences in a set. Only sentences of the same set replace each other. */
const SET_ROWS = 8;
export const SET_WORDS = SET_ROWS * ROW_WORDS;
/** Room for 8,192 sentences in 160 KB. The memory does not grow. */
const SETS = 1024;

/**
 * Finds sentences that were spoken to at least three devices. Stores only hashes, with a key that is lost when the
 * process ends. Neither memory nor disk reveals a personal sentence. Two sentences have the same hash with a
 * probability of 2^-64, and two devices with 2^-32.
 */
export class RecurringSentences {
  readonly #secret = randomBytes(32);

  /**
   * `table` has {@link SET_WORDS} words for each set, the most recent sentence first. Tests pass their own table to
   * inspect it.
   */
  constructor(private readonly table = new Uint32Array(SETS * SET_WORDS)) {}

  said(sentence: string, deviceId: string): boolean {
    const [first, second] = this.#hash(sentence);
    const begin = (first % (this.table.length / SET_WORDS)) * SET_WORDS;
    const set = this.table.subarray(begin, begin + SET_WORDS);
    let at = 0;
    const isKnown = (): boolean => set[at] === first && set[at + 1] === second;
    // If the sentence is new, the loop ends at the last row, which is then replaced.
    while (!isKnown() && at < SET_WORDS - ROW_WORDS) at += ROW_WORDS;
    const row = new Uint32Array(ROW_WORDS);
    row.set(isKnown() ? set.subarray(at, at + ROW_WORDS) : [first, second]);
    const heardBy = row.subarray(2);
    const [device] = this.#hash(deviceId);
    const free = heardBy.indexOf(0);
    if (free !== -1 && !heardBy.includes(device)) heardBy[free] = device;
    set.copyWithin(ROW_WORDS, 0, at);
    set.set(row);
    return !heardBy.includes(0);
  }

  /** Neither word is 0, because 0 means "none". */
  #hash(value: string): readonly [number, number] {
    const digest = createHmac('sha256', this.#secret).update(value).digest();
    return [digest.readUInt32LE(0) || 1, digest.readUInt32LE(4) || 1];
  }
}
