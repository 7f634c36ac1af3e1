import type { CheckedFile } from '../../../engines/index.js';

/** First message to the process `turn`. */
export interface TurnInit {
  readonly file: CheckedFile;
}

export interface TurnCall {
  /** 16 kHz mono. Only the last eight seconds are used. */
  readonly pcm: Int16Array;
}

export interface TurnAnswer {
  /** Probability that the turn is over. */
  readonly probability: number;
  readonly runMs: number;
}
