import { DELAYS, EchoSearch, MIC_SAMPLES, energy } from './echo-search.js';
import { HalfRate, Track } from './echo-track.js';

/** Verdict on whether a microphone window contains the device's own reply. */
export interface EchoVerdict {
  /** Probability that the user speaks; 0 if the echo of the reply explains the sound. */
  readonly probability: number;
  /** True: a reply may be audible. No speech begins unless `userSinceSamples` is set. */
  readonly held: boolean;
  /** True: a reply is being sent to the device, so the user's voice is a barge-in. */
  readonly playing: boolean;
  /** Samples (16 kHz) for which the user has talked over the reply, up to the end of this window. */
  readonly userSinceSamples: number | undefined;
}

export interface EchoDetectorOptions {
  readonly threshold: number;
  readonly negThreshold: number;
  readonly bargeInSpeechMs: number;
}

/** All counts in this file are samples of 8 kHz. */
const RATE_KHZ = 8;
/**
 * The reference is stored this many samples early. Lost uplink makes the echo seem early, and the search must still
 * find it.
 */
const EARLY = 200 * RATE_KHZ;
/** Samples of reference that are kept: 8 s. The device holds up to 2.4 s (40 packets), and a search needs 2 s. */
const REFERENCE_CAPACITY = 65_536;
/**
 * Minimum squared correlation of an accepted delay. Of 1232 stretches of unrelated speech by one reader, 0.5 % reached
 * it (median 0.022, highest 0.145). A wrongly accepted delay explains too little of the following windows and is
 * rejected.
 */
const LOCK_EXPLAINED = 0.12;
/**
 * Below this squared correlation, no part of the sound is the reply. 2 % of the same stretches are above it and are
 * searched again.
 */
const FOREIGN_EXPLAINED = 0.09;
/** The echo is no longer dominant if a window explains less than this share of the typical value. */
const USER_SHARE = 0.5;
/** A window that explains more than this share of the typical value is pure echo. The gain is learnt from it. */
const LEARN_SHARE = 0.75;
/** Lower bound of the share of a room's echo that a single delayed copy explains. */
const LEAST_TYPICAL = 0.35;
/** A window with more than this many times the energy of the predicted echo contains the user's voice: 6 dB. */
const USER_ENERGY_RATIO = 4;
/** Decay of the reverberation per window of 32 ms, for a reverberation time of about 0.6 s. */
const REVERB_DECAY = 0.5;
/** Longest pause within the user's speech. */
const MAX_GAP_MS = 160;
/** Minimum share of the windows since the onset that contain the user's voice. */
const USER_WINDOWS_SHARE = 0.5;
/**
 * Below this level, the user is not speaking. It is the root mean square of the whitened signal (-54 to -56 dBFS for
 * the test clips).
 */
const MIN_USER_RMS = 25;
/** Possible speech is searched for in the reference after this time, and again at this interval. */
const FIRST_SEARCH_MS = 160;
const SEARCH_EVERY_MS = 96;
/**
 * Time in which echo may still arrive. If the delay is unknown, it counts from the last played packet. If it is known,
 * it counts from that packet plus the delay.
 */
const UNKNOWN_TAIL_MS = 1500;
const REVERB_TAIL_MS = 250;

/** Facts about a window, kept as long as a decision needs them. */
interface WindowFacts {
  readonly probability: number;
  readonly micEnergy: number;
  readonly echoEnergy: number;
  readonly product: number;
}

let shared: EchoSearch | undefined;

/**
 * Distinguishes the user's voice from the echo of the device's own reply, in realtime mode. The delay is unknown
 * (0..1.5 s). The detector finds it by searching the sent reply for the microphone's sound. It then compares each
 * window with the predicted echo. A sound counts as the user's voice only after a search over all delays did not find
 * it in the reply.
 */
export class EchoDetector {
  readonly #reference = new Track(REFERENCE_CAPACITY);
  readonly #mic = new Track(MIC_SAMPLES * 2);
  readonly #referenceRate = new HalfRate();
  readonly #micRate = new HalfRate();
  readonly #micSegment = new Float32Array(MIC_SAMPLES);
  readonly #referenceSegment = new Float32Array(DELAYS + MIC_SAMPLES);
  #playing = false;
  /** Position at which the echo of the last reply has decayed. Undefined: nothing was played. */
  #audibleUntil: number | undefined;
  #delay: number | undefined;
  /** Squared gain of the echo, and the share of it that the delayed copy explains. */
  #gain = 0;
  #typicalExplained = 0;
  #echoHeard = false;
  #facts: WindowFacts[] = [];
  #smearedEcho = 0;
  /** Start of possible speech by the user or in the echo. */
  #voicedSince: number | undefined;
  #voicedGap = 0;
  #lastSearch = -Infinity;
  /** Start of speech that the echo does not explain. */
  #userSince: number | undefined;
  #userLast = 0;
  #userWindows = 0;
  #userTotal = 0;

  constructor(private readonly options: EchoDetectorOptions) {}

  playbackStarted(): void {
    this.#playing = true;
    this.#audibleUntil = undefined;
    // The reply's position relative to the microphone is known only to within one packet. The delay is therefore found
    // again for each reply.
    this.#delay = undefined;
    this.#echoHeard = false;
    this.#forgetRuns();
  }

  playbackStopped(): void {
    this.#playing = false;
    if (!this.#echoHeard && this.#voicedSince === undefined) {
      this.#audibleUntil = undefined; // The device cancels its echo by itself.
      return;
    }
    const played = Math.max(this.#reference.end + EARLY, this.#mic.end);
    this.#audibleUntil =
      played +
      (this.#delay === undefined ? UNKNOWN_TAIL_MS * RATE_KHZ : this.#delay - EARLY + REVERB_TAIL_MS * RATE_KHZ);
  }

  /**
   * Takes the decoded downlink (16 kHz) that was just sent. The device plays it at once, or after the packets in its
   * buffer.
   */
  reference(pcm: Int16Array): void {
    // If the device's buffer is empty, it plays these samples when they arrive.
    this.#reference.extendTo(Math.max(0, this.#mic.end - EARLY));
    this.#reference.append(this.#referenceRate.process(pcm));
  }

  /** Skips uplink that is not analysed. */
  skip(samples: number): void {
    this.#mic.extendTo(this.#mic.end + (samples >> 1));
    this.#forgetRuns();
  }

  /** Judges the next microphone window (16 kHz). `probability` is its probability of speech. */
  window(pcm: Int16Array, probability: number): EchoVerdict {
    const samples = this.#micRate.process(pcm);
    this.#mic.append(samples);
    if (!this.#playing && (this.#audibleUntil === undefined || this.#mic.end > this.#audibleUntil)) {
      this.#audibleUntil = undefined;
      this.#forgetRuns();
      return { probability, held: false, playing: false, userSinceSamples: undefined };
    }
    this.#trackVoice(probability, samples.length);
    this.#note(samples, probability);
    const userSince = this.#delay === undefined ? this.#judgeUnknownDelay() : this.#judgeKnownDelay(samples.length);
    return {
      probability: this.#isEcho() ? 0 : probability,
      held: true,
      playing: this.#playing,
      userSinceSamples: userSince === undefined ? undefined : (this.#mic.end - userSince) * 2,
    };
  }

  #trackVoice(probability: number, length: number): void {
    const { threshold, negThreshold } = this.options;
    if (probability >= threshold || (this.#voicedSince !== undefined && probability >= negThreshold)) {
      this.#voicedSince ??= this.#mic.end - length;
      this.#voicedGap = 0;
    } else if (this.#voicedSince !== undefined) {
      this.#voicedGap += length;
      if (this.#voicedGap > MAX_GAP_MS * RATE_KHZ) this.#voicedSince = undefined;
    }
  }

  #note(samples: Float32Array, probability: number): void {
    const echo = new Float32Array(samples.length);
    if (this.#delay !== undefined) this.#reference.read(this.#mic.end - samples.length - this.#delay, echo);
    const echoEnergy = energy(echo);
    const product = samples.reduce((sum, value, i) => sum + value * (echo[i] ?? 0), 0);
    this.#smearedEcho = Math.max(echoEnergy, this.#smearedEcho * REVERB_DECAY);
    this.#facts.push({ probability, micEnergy: energy(samples), echoEnergy, product });
    if (this.#facts.length > MIC_SAMPLES / samples.length + 1) this.#facts.shift();
  }

  /** Judges a window while no delay is known. Speech is the user's if it occurs nowhere in the reply. */
  #judgeUnknownDelay(): number | undefined {
    if (this.#voicedSince === undefined || this.#voicedGap > 0) return undefined;
    const lastedMs = (this.#mic.end - this.#voicedSince) / RATE_KHZ;
    if (lastedMs < FIRST_SEARCH_MS || !this.#maySearch()) return undefined;
    const explained = this.#search();
    if (this.#delay !== undefined || lastedMs < this.options.bargeInSpeechMs) return undefined;
    return explained < FOREIGN_EXPLAINED && this.#loudEnough() ? this.#voicedSince : undefined;
  }

  #judgeKnownDelay(length: number): number | undefined {
    const explained = this.#recentlyExplained();
    const facts = this.#facts.at(-1);
    if (!facts) return undefined;
    const predicted = this.#gain * this.#smearedEcho;
    if (explained >= this.#typicalExplained * LEARN_SHARE) this.#learn(explained);
    const users = facts.probability >= this.options.negThreshold && facts.micEnergy > USER_ENERGY_RATIO * predicted;
    this.#trackUser(users, length);
    if (this.#userSince === undefined || !users) return undefined;
    const lastedMs = (this.#mic.end - this.#userSince) / RATE_KHZ;
    if (lastedMs < this.options.bargeInSpeechMs || this.#userWindows < USER_WINDOWS_SHARE * this.#userTotal)
      return undefined;
    if (explained >= this.#typicalExplained * USER_SHARE || !this.#loudEnough() || !this.#maySearch()) return undefined;
    // After an underrun or lost uplink, the sound may be the reply at another delay.
    const since = this.#userSince;
    const found = this.#search();
    return found < Math.max(FOREIGN_EXPLAINED, this.#typicalExplained * USER_SHARE) ? since : undefined;
  }

  #trackUser(users: boolean, length: number): void {
    if (users) {
      this.#userSince ??= this.#mic.end - length;
      this.#userLast = this.#mic.end;
      this.#userWindows += 1;
    }
    this.#userTotal += 1;
    if (this.#userSince === undefined || this.#mic.end - this.#userLast > MAX_GAP_MS * RATE_KHZ) {
      this.#userSince = undefined;
      this.#userWindows = 0;
      this.#userTotal = 0;
    }
  }

  /** True if the window is the echo of the reply. */
  #isEcho(): boolean {
    if (this.#delay === undefined || this.#userSince !== undefined) return false;
    return this.#recentlyExplained() >= this.#typicalExplained * USER_SHARE;
  }

  #recentlyExplained(): number {
    let product = 0;
    let mic = 0;
    let echo = 0;
    for (const facts of this.#facts) {
      product += facts.product;
      mic += facts.micEnergy;
      echo += facts.echoEnergy;
    }
    return mic === 0 || echo === 0 ? 0 : (product * product) / (mic * echo);
  }

  #learn(explained: number): void {
    let mic = 0;
    let echo = 0;
    for (const facts of this.#facts) {
      mic += facts.micEnergy;
      echo += facts.echoEnergy;
    }
    if (echo === 0) return;
    this.#gain += 0.1 * (mic / echo - this.#gain);
    this.#typicalExplained += 0.1 * (explained - this.#typicalExplained);
  }

  #maySearch(): boolean {
    return this.#mic.end - this.#lastSearch >= SEARCH_EVERY_MS * RATE_KHZ;
  }

  /** Searches for the last 300 ms in the reference. A match sets the delay. Returns the explained share. */
  #search(): number {
    this.#lastSearch = this.#mic.end;
    const from = this.#mic.end - MIC_SAMPLES;
    this.#mic.read(from, this.#micSegment);
    this.#reference.read(from - DELAYS, this.#referenceSegment);
    shared ??= new EchoSearch();
    const { delay, explained } = shared.find(this.#micSegment, this.#referenceSegment);
    if (explained >= LOCK_EXPLAINED && delay !== this.#delay) this.#lock(delay, explained);
    return explained;
  }

  #lock(delay: number, explained: number): void {
    if (this.#delay !== undefined && explained < this.#typicalExplained * USER_SHARE) return;
    this.#delay = delay;
    this.#echoHeard = true;
    const echo = new Float32Array(MIC_SAMPLES);
    this.#reference.read(this.#mic.end - MIC_SAMPLES - delay, echo);
    // The unexplained part may be the voice of a user who was already talking.
    this.#typicalExplained = Math.max(explained, LEAST_TYPICAL);
    this.#gain = ((explained / this.#typicalExplained) * energy(this.#micSegment)) / Math.max(1, energy(echo));
    this.#smearedEcho = energy(echo) / (MIC_SAMPLES / 256);
    this.#facts = [];
    this.#userSince = undefined;
    this.#userWindows = 0;
    this.#userTotal = 0;
  }

  #loudEnough(): boolean {
    this.#mic.read(this.#mic.end - MIC_SAMPLES, this.#micSegment);
    return Math.sqrt(energy(this.#micSegment) / MIC_SAMPLES) >= MIN_USER_RMS;
  }

  #forgetRuns(): void {
    this.#facts = [];
    this.#smearedEcho = 0;
    this.#voicedSince = undefined;
    this.#userSince = undefined;
    this.#userWindows = 0;
    this.#userTotal = 0;
  }
}
