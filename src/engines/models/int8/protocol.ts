import type { Rewritten } from './rewrite.js';

/** What the child process of the rewrite is asked. */
export type Int8Call =
  | { readonly type: 'rewrite'; readonly from: string; readonly to: string }
  /** Runs a SenseVoice model on sound of its own making. */
  | { readonly type: 'digest'; readonly model: string };

/** `refused`: why the model is not of the kind. */
export type RewriteAnswer = Rewritten | { readonly refused: string };

export interface DigestAnswer {
  /** One SHA-256 an input, over all of its outputs, bit for bit. */
  readonly digests: readonly string[];
}

export interface RewriteProgress {
  readonly writtenBytes: number;
  readonly totalBytes: number;
}
