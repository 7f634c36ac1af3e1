import { msToSamples } from '../utterance-options.js';

/** Levels up to this factor above that of the quietest window are regarded as room noise. */
const ROOM_FACTOR = 2;
/**
 * Two shares of the voice's level. A sound above the first is the voice. A sound below the second cannot be heard
 * beside the voice.
 */
const VOICE_SHARE = 0.2;
const INAUDIBLE_SHARE = 0.02;
/** If only the room is audible for this long, the speech is over. It is longer than the closure of a plosive. */
export const QUIET_MS = 128;
/** The quietest level grows by this factor per window (6 % per second), because a room may become louder. */
const FLOOR_GROWTH = 1.002;
/** The voice's level decays by this factor per window. It halves in 2 s. */
const VOICE_DECAY = 0.99;

/**
 * Finds out from the level of the sound when a voice has fallen silent. This is needed because after some voices,
 * Silero stays above its threshold for 300 ms although only the room is audible. If the room is as loud as a fifth of
 * the voice, or has a long echo, no window is found to be quiet, and only the detector decides.
 */
export class RoomLevel {
  #floor = Infinity;
  #voice = 0;
  #quietSamples = 0;
  #quietSince = 0;

  /** `quietMs`: with a value below {@link QUIET_MS}, the closure of a plosive may also be taken for silence. */
  constructor(private readonly quietMs = QUIET_MS) {}

  /**
   * Takes the next window of the turn. Returns the sample since which only the room is audible. Undefined: the voice
   * may be continuing.
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
