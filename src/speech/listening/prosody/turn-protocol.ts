import type { CheckedFile } from '../../../engines/index.js';

/** First message to the `turn` process. */
export interface TurnInit {
  readonly file: CheckedFile;
}

export interface TurnCall {
  /** 16 kHz mono; only the last eight seconds count. */
  readonly pcm: Int16Array;
}

export interface TurnAnswer {
  /** Probability that the turn is over. */
  readonly probability: number;
  readonly runMs: number;
}
