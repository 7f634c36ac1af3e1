/** Thresholds that decide from probabilities what is speech. */
export interface GateOptions {
  /** A window contains speech from this probability on. */
  readonly threshold: number;
  /** Speech stops below this probability. Between the two thresholds, nothing changes. */
  readonly negThreshold: number;
  /** Minimum duration of speech. A shorter sound is a click or a cough. */
  readonly minSpeechSamples: number;
  /**
   * Minimum duration of speech after a pause within an utterance. It is shorter, because more speech is likely there.
   */
  readonly minResumeSamples: number;
}

/**
 * If speech is not confirmed yet, this much silence discards it: three windows of 32 ms. It is shorter than the closure
 * and release of a plosive.
 */
const CANDIDATE_GAP_SAMPLES = 1536;

/**
 * Decides from the probabilities of an utterance's windows where there is speech, with hysteresis. Speech is confirmed
 * after the minimum duration, but dated from its first window. A pause is dated from the window in which the speech
 * began to fade, because Silero fades for two to four windows after the last sound. Sounds that are too short to be
 * speech do not end the pause.
 */
export class SpeechGate {
  /** True while confirmed speech continues. */
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
  /**
   * Sample at which the probability fell below the threshold during speech. Set until the speech has stopped or
   * continued.
   */
  #fadingSince: number | undefined;
  #spoken = false;

  constructor(private readonly options: GateOptions) {}

  /**
   * True while there is a sound that is too short to be confirmed. Until this is decided, the silence before the sound
   * must not be judged.
   */
  get undecided(): boolean {
    return this.#candidateVoiced > 0;
  }

  /**
   * Takes the next window. Returns true if the window confirmed speech. `startSample` and `samples` are the position
   * and length of the window. `quietSince`: sample since which only the room is audible, whatever the probability says.
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

  /** Call it when another detector has found that there has been speech since `onsetSample`. */
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
