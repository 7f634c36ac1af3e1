export interface GateOptions {
  readonly threshold: number;
  /** Speech stops below this probability. Between the two thresholds, speech or a beginning sound continues. */
  readonly negThreshold: number;
  readonly minSpeechSamples: number;
  /** Minimum duration of speech after a pause within an utterance, where speech is more likely. */
  readonly minResumeSamples: number;
}

/** This much silence discards speech that is not confirmed yet. It is three windows of 32 ms. */
const CANDIDATE_GAP_SAMPLES = 1536;

/**
 * Decides from the probabilities of windows where there is speech. Speech is confirmed after the minimum duration, but
 * dated from its first window. Shorter sounds do not end a pause. A pause begins where the speech began to fade,
 * because the detector (Silero) fades for two to four windows after the last sound.
 */
export class SpeechGate {
  speaking = false;
  /** Start of the confirmed speech, or of the sound that may become speech. */
  onsetSample = 0;
  /**
   * Start of the pause. A short sound in the pause moves the start later, because the sound may be a soft word. Valid
   * only in a pause after speech.
   */
  silentSinceSample = 0;
  #candidateVoiced = 0;
  #candidateGap = 0;
  /** Sample at which the probability fell below the threshold during speech. */
  #fadingSince: number | undefined;
  #spoken = false;

  constructor(private readonly options: GateOptions) {}

  /** True while a sound is too short to be confirmed. The silence before the sound must not be judged yet. */
  get undecided(): boolean {
    return this.#candidateVoiced > 0;
  }

  /**
   * Returns true if the window confirmed speech. `samples` is the length of the window. Since the sample `quietSince`,
   * only the room is audible, whatever the probability.
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
