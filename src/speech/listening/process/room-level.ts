import { msToSamples } from '../utterance-options.js';

/** Levels up to this factor above the quietest window count as room noise. */
const ROOM_FACTOR = 2;
/**
 * Shares of the voice's level. A sound above the first is the voice. A sound below the second is inaudible beside the
 * voice.
 */
const VOICE_SHARE = 0.2;
const INAUDIBLE_SHARE = 0.02;
/** Time at the room's level that ends speech. It is longer than the closure of a plosive. */
export const QUIET_MS = 128;
/** Growth of the quietest level per window (6 % per second). A room may become louder. */
const FLOOR_GROWTH = 1.002;
/** Decay of the voice's level per window. It halves in 2 s. */
const VOICE_DECAY = 0.99;

/**
 * Detects by level when a voice has fallen silent. After some voices, Silero stays above its threshold for 300 ms
 * although only the room is audible. In a room as loud as a fifth of the voice, or with a long echo, no window counts
 * as quiet. The detector alone decides then.
 */
export class RoomLevel {
  #floor = Infinity;
  #voice = 0;
  #quietSamples = 0;
  #quietSince = 0;

  /** `quietMs`: a shorter time than {@link QUIET_MS} may also find the closures of plosives. */
  constructor(private readonly quietMs = QUIET_MS) {}

  /**
   * Takes the next window of the turn. Returns the sample since which only the room is audible. Undefined: the voice
   * may be going on.
   */
  window(pcm: Int16Array, isSpeech: boolean, startSample: number): number | undefined {
    const level = rms(pcm);
    this.#floor = Math.min(this.#floor * FLOOR_GROWTH, level);
    if (isSpeech) this.#voice = Math.max(this.#voice * VOICE_DECAY, level);
    const room = Math.max(this.#floor * ROOM_FACTOR, this.#voice * INAUDIBLE_SHARE);
    if (level > room || level >= this.#voice * VOICE_SHARE) {
      this.#quietSamples = 0;
      return undefined;
    }
    if (this.#quietSamples === 0) this.#quietSince = startSample;
    this.#quietSamples += pcm.length;
    return this.#quietSamples < msToSamples(this.quietMs) ? undefined : this.#quietSince;
  }
}

function rms(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}
