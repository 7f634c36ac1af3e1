/** State of one stream of audio inside a detector; opaque to everybody else. */
export interface VadStream {
  /** Forgets the earlier audio, so that the next window is the first of a new stream. */
  reset(): void;
}

/** One window of one stream. `samples` holds `windowSamples` values in -1..1 and is only read during the round. */
export interface VadWindow {
  readonly stream: VadStream;
  readonly samples: Float32Array;
}

/**
 * Voice activity detection for many streams at once. Inference blocks its thread, so this lives in a child process and
 * never on the main event loop.
 */
export interface VadDetector {
  /** Window length at 16 kHz mono. */
  readonly windowSamples: number;
  createStream(): VadStream;
  /**
   * Runs one round: resolves with the probability of speech (0..1) for each window, in order. A stream may appear once
   * in a round, and rounds may not overlap. The array is reused by the next round. Throws `engine.job_failed` if
   * inference fails.
   */
  detect(round: readonly VadWindow[]): Promise<Float32Array>;
  close(): Promise<void>;
}
