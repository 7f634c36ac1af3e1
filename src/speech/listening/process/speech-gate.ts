/** Thresholds that decide when probabilities count as speech. */
export interface GateOptions {
  /** Minimum probability of a window with speech. */
  readonly threshold: number;
  /** Speech stops below this probability. Between the two thresholds the state does not change. */
  readonly negThreshold: number;
  /** Minimum duration of speech. Shorter sounds are clicks or coughs. */
  readonly minSpeechSamples: number;
  /** Minimum duration of speech after a pause within an utterance, where more speech is likelier. */
  readonly minResumeSamples: number;
}

/**
 * Silence that ends unconfirmed speech: three windows of 32 ms. It is shorter than the closure and release of a
 * plosive.
 */
const CANDIDATE_GAP_SAMPLES = 1536;

/**
 * Applies hysteresis to the windows of one utterance. Speech is confirmed after the minimum duration and then counts
 * from its first window. A pause counts from the window in which speech began to fade (Silero fades for two to four
 * windows after the last sound). Sounds that are too short to be speech do not end the pause.
 */
export class SpeechGate {
  /** True while confirmed speech is going on. */
  speaking = false;
  /** Start of the confirmed speech, or of the sound that may become speech. */
  onsetSample = 0;
  /**
   * Start of the pause. A short sound in the pause moves it later, because the sound may be a soft word. Valid only in
   * a pause after speech.
   */
  silentSinceSample = 0;
  #candidateVoiced = 0;
  #candidateGap = 0;
  /**
   * Sample at which the probability fell below the threshold during speech. Set until speech has stopped or gone on.
   */
  #fadingSince: number | undefined;
  #spoken = false;

  constructor(private readonly options: GateOptions) {}

  /** True while a sound is too short to be confirmed. The silence before it must not be judged until then. */
  get undecided(): boolean {
    return this.#candidateVoiced > 0;
  }

  /**
   * Takes the next window. Returns true if it confirmed speech. `startSample` and `samples` are the position and length
   * of the window. `quietSince` is the sample since which only the room is audible, whatever the probability.
   */
  feed(heardProbability: number, startSample: number, samples: number, quietSince?: number): boolean {
    const { threshold, negThreshold } = this.options;
    const probability = quietSince === undefined ? heardProbability : 0;
    if (this.speaking) {
      if (probability >= threshold) {
        this.#fadingSince = undefined;
        return false;
      }
      this.#fadingSince ??= quietSince ?? startSample;
      if (probability < negThreshold) {
        this.speaking = false;
        this.silentSinceSample = this.#fadingSince;
      }
      return false;
    }
    if (probability >= threshold) {
      if (!this.undecided) this.onsetSample = startSample;
      this.#candidateVoiced += samples;
      this.#candidateGap = 0;
      return this.#confirm();
    }
    if (!this.undecided) return false;
    if (probability >= negThreshold) {
      this.#candidateVoiced += samples;
      return this.#confirm();
    }
    this.#candidateGap += samples;
    if (this.#candidateGap >= CANDIDATE_GAP_SAMPLES) {
      this.silentSinceSample += this.#candidateVoiced;
      this.#candidateVoiced = 0;
    }
    return false;
  }

  /** Call it when another detector found that speech has been going on since `onsetSample`. */
  force(onsetSample: number): void {
    this.onsetSample = onsetSample;
    this.#candidateVoiced = 0;
    this.#fadingSince = undefined;
    this.#spoken = true;
    this.speaking = true;
  }

  #confirm(): boolean {
    const needed = this.#spoken ? this.options.minResumeSamples : this.options.minSpeechSamples;
    if (this.#candidateVoiced < needed) return false;
    this.force(this.onsetSample);
    return true;
  }
}
