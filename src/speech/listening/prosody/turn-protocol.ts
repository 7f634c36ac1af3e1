import type { CheckedFile } from '../../../engines/index.js';

export interface TurnInit {
  readonly file: CheckedFile;
}

export interface TurnCall {
  /** 16 kHz mono. Only the last eight seconds are used. */
  readonly pcm: Int16Array;
}

export interface TurnAnswer {
  readonly probability: number;
  readonly runMs: number;
}
