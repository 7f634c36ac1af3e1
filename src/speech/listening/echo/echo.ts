import { DELAYS, EchoSearch, MIC_SAMPLES, energy } from './echo-search.js';
import { HalfRate, Track } from './echo-track.js';

export interface EchoVerdict {
  /** Probability that the user speaks. It is 0 if the sound is an echo. */
  readonly probability: number;
  /** True while the reply may be audible. Speech then begins only if `userSinceSamples` is set. */
  readonly held: boolean;
  /** True while a reply is sent to the device. The user's voice is then a barge-in. */
  readonly playing: boolean;
  /** How long the user has talked over the reply, in samples of 16 kHz up to the end of this window. */
  readonly userSinceSamples: number | undefined;
}

export interface EchoDetectorOptions {
  readonly threshold: number;
  readonly negThreshold: number;
  readonly bargeInSpeechMs: number;
}

/** Samples in this file are 8 kHz unless a comment names another rate. */
const RATE_KHZ = 8;
/** The sent reply is stored 200 ms early, because lost microphone audio lets the echo seem to precede the reply. */
const EARLY = 200 * RATE_KHZ;
/** About 8 s. The device buffers up to 2.4 s, and a search needs 2 s. */
const REFERENCE_CAPACITY = 65_536;
/**
 * A delay is accepted from this squared correlation on. Of 1232 passages of unrelated speech, 0.5 % reached this value,
 * and the highest was 0.145. A wrong delay is soon rejected, because it explains too little of later windows.
 */
const LOCK_EXPLAINED = 0.12;
/** Below this squared correlation, the sound is not the reply. Of the same passages, 2 % exceeded this value. */
const FOREIGN_EXPLAINED = 0.09;
/** The echo no longer dominates a window if the reply explains less than this share of the typical value. */
const USER_SHARE = 0.5;
/**
 * A window is pure echo if the reply explains more than this share of the typical value. The gain is learnt from such
 * windows.
 */
const LEARN_SHARE = 0.75;
/** Lowest share of the echo that a single delayed copy of the reply is assumed to explain. */
const LEAST_TYPICAL = 0.35;
/** A window contains the user's voice if its energy exceeds the expected echo by this factor, 6 dB. */
const USER_ENERGY_RATIO = 4;
/** Decay of the reverberation per window of 32 ms, for a reverberation time of about 0.6 s. */
const REVERB_DECAY = 0.5;
/** Longest pause within the user's speech. */
const MAX_GAP_MS = 160;
const USER_WINDOWS_SHARE = 0.5;
/**
 * A quieter sound is not the user's voice. The value is the root mean square after the spectrum is flattened. It
 * corresponds to -54 to -56 dBFS for the test clips.
 */
const MIN_USER_RMS = 25;
/** A sound is first compared with the reply after 160 ms, and then every 96 ms. */
const FIRST_SEARCH_MS = 160;
const SEARCH_EVERY_MS = 96;
/**
 * Time after a reply in which its echo may still arrive. The second value is added to the delay if the delay is known.
 */
const UNKNOWN_TAIL_MS = 1500;
const REVERB_TAIL_MS = 250;

interface WindowFacts {
  readonly probability: number;
  readonly micEnergy: number;
  readonly echoEnergy: number;
  readonly product: number;
}

let shared: EchoSearch | undefined;

/**
 * Tells the user's voice from the echo of the device's own reply in realtime mode. The echo has an unknown delay of 0
 * to 1.5 s, so the detector first searches for the delay. Then it compares each window with the expected echo. Only a
 * sound that occurs nowhere in the reply is the user's voice.
 */
export class EchoDetector {
  readonly #reference = new Track(REFERENCE_CAPACITY);
  readonly #mic = new Track(MIC_SAMPLES * 2);
  readonly #referenceRate = new HalfRate();
  readonly #micRate = new HalfRate();
  readonly #micSegment = new Float32Array(MIC_SAMPLES);
  readonly #referenceSegment = new Float32Array(DELAYS + MIC_SAMPLES);
  #playing = false;
  /** Position from which the last reply's echo is inaudible. Undefined during a reply, or if no echo is expected. */
  #audibleUntil: number | undefined;
  #delay: number | undefined;
  /** Squared gain of the echo. */
  #gain = 0;
  #typicalExplained = 0;
  #echoHeard = false;
  #facts: WindowFacts[] = [];
  #smearedEcho = 0;
  /** Start of a sound that may be the user's voice or an echo. */
  #voicedSince: number | undefined;
  #voicedGap = 0;
  #lastSearch = -Infinity;
  #userSince: number | undefined;
  #userLast = 0;
  #userWindows = 0;
  #userTotal = 0;

  constructor(private readonly options: EchoDetectorOptions) {}

  playbackStarted(): void {
    this.#playing = true;
    this.#audibleUntil = undefined;
    // Each reply may have another delay, because its position is known only to within one packet.
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

  /** Takes reply audio of 16 kHz that was just sent to the device. */
  reference(pcm: Int16Array): void {
    // If the device has nothing left to play, it plays these samples at once, so they begin at the present position.
    this.#reference.extendTo(Math.max(0, this.#mic.end - EARLY));
    this.#reference.append(this.#referenceRate.process(pcm));
  }

  /** Skips `samples` microphone samples of 16 kHz. */
  skip(samples: number): void {
    this.#mic.extendTo(this.#mic.end + (samples >> 1));
    this.#forgetRuns();
  }

  /** Takes the next microphone window of 16 kHz. `probability` is the window's probability of speech. */
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
    // After an underrun or lost packets, the sound may still be the reply at another delay, so all delays are searched.
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

  /** A match sets the delay. Returns the share that the reply explains. */
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
    // If the reply explains less than `LEAST_TYPICAL`, the user was probably already talking over the echo.
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
