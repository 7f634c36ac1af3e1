/** Only the detector reads the state. */
export interface VadStream {
  reset(): void;
}

/** `samples` contains `windowSamples` values from -1 to 1. The caller may overwrite them after the round. */
export interface VadWindow {
  readonly stream: VadStream;
  readonly samples: Float32Array;
}

/** Inference blocks its thread, so a detector runs in a child process, never on the main event loop. */
export interface VadDetector {
  /** At 16 kHz mono. */
  readonly windowSamples: number;
  createStream(): VadStream;
  /**
   * Resolves with the probability of speech (0..1) for each window, in order. A stream may occur once per round, and
   * rounds must not overlap. The next round overwrites the returned array. Throws `engine.job_failed` if inference
   * fails.
   */
  detect(round: readonly VadWindow[]): Promise<Float32Array>;
  close(): Promise<void>;
}
