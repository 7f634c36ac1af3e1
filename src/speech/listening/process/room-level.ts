import { msToSamples } from '../utterance-options.js';

/** Up to this factor above the quietest window, a level is room noise. */
const ROOM_FACTOR = 2;
/**
 * Shares of the voice's level. Above the first, a sound is the voice. Below the second, a sound is inaudible beside the
 * voice.
 */
const VOICE_SHARE = 0.2;
const INAUDIBLE_SHARE = 0.02;
/**
 * Below this probability of speech, a sound below this share of the voice's level is the echo of its last word. This
 * counts only where a short silence is enough.
 */
const FADING = { probability: 0.8, share: 0.1 };
/** By default, the speech is over if only the room is audible for this long. The closure of a plosive is shorter. */
export const QUIET_MS = 128;
/**
 * A shorter silence may count where the detector doubts that there is speech. In a closure, it rarely doubts. On the
 * recordings of `bench/turns`, speech then ends 10 to 40 ms earlier than after 64 ms of silence, and closures are taken
 * for its end no more often (docs/capacity.md).
 */
const QUIET_BY_PROBABILITY: readonly { readonly below: number; readonly quietMs: number }[] = [
  { below: 0.95, quietMs: 32 },
  { below: 0.995, quietMs: 64 },
];
/** The shortest silence while the detector is sure of speech. */
const SURE_QUIET_MS = 96;
/** The quietest level grows by this factor per window, because a room may become louder. That is 6 % per second. */
const FLOOR_GROWTH = 1.002;
/** The voice's level decays by this factor per window of speech. It halves in 2 s of speech. */
const VOICE_DECAY = 0.99;

/**
 * Finds out from the sound level when a voice has fallen silent. After some voices, the detector (Silero) reports
 * speech for 300 ms in which only the room is audible. In a loud or echoing room, no window is quiet enough, and only
 * the detector decides.
 */
export class RoomLevel {
  #floor = Infinity;
  #voice = 0;
  #quietSamples = 0;
  #quietSince = 0;

  /**
   * `threshold` is the probability from which on a window contains speech. With `leastQuietMs` below {@link QUIET_MS},
   * the closure of a plosive may also count as silence.
   */
  constructor(
    private readonly threshold: number,
    private readonly leastQuietMs = QUIET_MS,
  ) {}

  /** Returns the sample since which only the room is audible. Undefined if the voice may be continuing. */
  window(pcm: Int16Array, probability: number, startSample: number): number | undefined {
    const level = rms(pcm);
    this.#floor = Math.min(this.#floor * FLOOR_GROWTH, level);
    if (probability >= this.threshold) this.#voice = Math.max(this.#voice * VOICE_DECAY, level);
    const fades = this.leastQuietMs < QUIET_MS && probability < FADING.probability;
    const room = Math.max(this.#floor * ROOM_FACTOR, this.#voice * (fades ? FADING.share : INAUDIBLE_SHARE));
    if (level > room || level >= this.#voice * VOICE_SHARE) {
      this.#quietSamples = 0;
      return undefined;
    }
    if (this.#quietSamples === 0) this.#quietSince = startSample;
    this.#quietSamples += pcm.length;
    const neededMs = Math.max(this.leastQuietMs, quietMsAt(probability));
    return this.#quietSamples < msToSamples(neededMs) ? undefined : this.#quietSince;
  }
}

function quietMsAt(probability: number): number {
  return QUIET_BY_PROBABILITY.find(({ below }) => probability < below)?.quietMs ?? SURE_QUIET_MS;
}

function rms(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}
