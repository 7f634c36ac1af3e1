import { DELAYS, EchoSearch, MIC_SAMPLES, energy } from './echo-search.js';
import { HalfRate, Track } from './echo-track.js';

/** What the echo detection says about a microphone window. */
export interface EchoVerdict {
  /** Probability that the user speaks. 0: the echo of the reply explains the sound. */
  readonly probability: number;
  /** True: the reply may be audible, so no speech begins unless `userSinceSamples` is set. */
  readonly held: boolean;
  /** True: a reply is being sent to the device, so the user's voice is a barge-in. */
  readonly playing: boolean;
  /** Number of samples (16 kHz) for which the user has talked over the reply, up to the end of this window. */
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
 * The reference (the sent reply) is stored this many samples early. If microphone audio is lost, the echo seems to come
 * early, and the search must still find it.
 */
const EARLY = 200 * RATE_KHZ;
/**
 * Number of samples of the reference that are kept: 8 s. The device holds up to 2.4 s (40 packets), and a search needs
 * 2 s.
 */
const REFERENCE_CAPACITY = 65_536;
/**
 * A delay is accepted from this squared correlation on. Of 1232 passages of unrelated speech by one reader, 0.5 %
 * reached it (median 0.022, highest 0.145). If a wrong delay is accepted, it explains too little of the following
 * windows and is rejected.
 */
const LOCK_EXPLAINED = 0.12;
/**
 * Below this squared correlation, no part of the sound is the reply. 2 % of the same passages are above it and are
 * searched again.
 */
const FOREIGN_EXPLAINED = 0.09;
/** If a window explains less than this share of the typical value, the echo no longer dominates. */
const USER_SHARE = 0.5;
/** If a window explains more than this share of the typical value, it is pure echo. The gain is then learnt from it. */
const LEARN_SHARE = 0.75;
/** A single delayed copy is assumed to explain at least this share of the echo, whatever the room. */
const LEAST_TYPICAL = 0.35;
/** A window with more than this many times the energy of the expected echo contains the user's voice: 6 dB. */
const USER_ENERGY_RATIO = 4;
/** Decay of the reverberation per window of 32 ms, for a reverberation time of about 0.6 s. */
const REVERB_DECAY = 0.5;
/** Longest pause within the user's speech. */
const MAX_GAP_MS = 160;
/** Since the onset, at least this share of the windows must contain the user's voice. */
const USER_WINDOWS_SHARE = 0.5;
/**
 * Below this level, the user is not speaking. The level is the root mean square after flattening the spectrum (-54 to
 * -56 dBFS for the test clips).
 */
const MIN_USER_RMS = 25;
/**
 * Possible speech is searched for in the reference when it has lasted for the first time, and again at the second
 * interval.
 */
const FIRST_SEARCH_MS = 160;
const SEARCH_EVERY_MS = 96;
/**
 * How long echo may still arrive: if the delay is unknown, after the last played packet; if it is known, after that
 * packet plus the delay.
 */
const UNKNOWN_TAIL_MS = 1500;
const REVERB_TAIL_MS = 250;

/** Measurements of a window, kept as long as a decision may need them. */
interface WindowFacts {
  readonly probability: number;
  readonly micEnergy: number;
  readonly echoEnergy: number;
  readonly product: number;
}

let shared: EchoSearch | undefined;

/**
 * In realtime mode, tells the user's voice from the echo of the device's own reply. The delay of the echo is not known
 * (0..1.5 s), so the detector searches the sent reply for the microphone's sound. Once it has found the delay, it
 * compares each window with the expected echo. A sound is regarded as the user's voice only if a search over all delays
 * did not find it in the reply.
 */
export class EchoDetector {
  readonly #reference = new Track(REFERENCE_CAPACITY);
  readonly #mic = new Track(MIC_SAMPLES * 2);
  readonly #referenceRate = new HalfRate();
  readonly #micRate = new HalfRate();
  readonly #micSegment = new Float32Array(MIC_SAMPLES);
  readonly #referenceSegment = new Float32Array(DELAYS + MIC_SAMPLES);
  #playing = false;
  /** Position at which the echo of the last reply is no longer audible. Undefined: nothing was played. */
  #audibleUntil: number | undefined;
  #delay: number | undefined;
  /** Squared gain of the echo, and the share of the echo that the delayed copy explains. */
  #gain = 0;
  #typicalExplained = 0;
  #echoHeard = false;
  #facts: WindowFacts[] = [];
  #smearedEcho = 0;
  /** Start of possible speech, which may be the user's or an echo. */
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
    // The position of the reply relative to the microphone is known only to within one packet. The delay is therefore
    // searched for again in each reply.
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

  /** Takes reply audio (16 kHz) that was just sent. The device plays it at once, or after the packets in its buffer. */
  reference(pcm: Int16Array): void {
    // If the device's buffer is empty, it plays these samples when they arrive.
    this.#reference.extendTo(Math.max(0, this.#mic.end - EARLY));
    this.#reference.append(this.#referenceRate.process(pcm));
  }

  /** Skips microphone audio that is not analysed. */
  skip(samples: number): void {
    this.#mic.extendTo(this.#mic.end + (samples >> 1));
    this.#forgetRuns();
  }

  /**
   * Takes the next microphone window (16 kHz) and decides whether it is echo. `probability` is its probability of
   * speech.
   */
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

  /** Decides about a window while no delay is known. The speech is the user's if it occurs nowhere in the reply. */
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
    // After an underrun or lost packets, the sound may still be the reply, at another delay.
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

  /**
   * Searches for the last 300 ms of the microphone in the reference. A match sets the delay. Returns the share that was
   * explained.
   */
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
    // The part that is not explained may be the voice of a user who was already talking.
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
