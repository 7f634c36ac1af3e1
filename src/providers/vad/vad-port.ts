/** A detector's state for one audio stream. Only the detector reads it. */
export interface VadStream {
  /** Discards the earlier audio, so that the next window starts a new stream. */
  reset(): void;
}

/**
 * One window of one stream. `samples` contains `windowSamples` values from -1 to 1, and is only read during the round.
 */
export interface VadWindow {
  readonly stream: VadStream;
  readonly samples: Float32Array;
}

/**
 * Voice activity detection for many streams at once. Inference blocks its thread, so a detector runs in a child
 * process, never on the main event loop.
 */
export interface VadDetector {
  /** Window length in samples, at 16 kHz mono. */
  readonly windowSamples: number;
  createStream(): VadStream;
  /**
   * Runs one round. Resolves with the probability of speech (0..1) for each window, in order. A stream may occur once
   * per round, and rounds must not overlap. The returned array is overwritten by the next round. Throws
   * `engine.job_failed` if inference fails.
   */
  detect(round: readonly VadWindow[]): Promise<Float32Array>;
  close(): Promise<void>;
}
