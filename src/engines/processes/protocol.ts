import type { ErrorCode, ErrorDetails } from '../../core/index.js';

/** Messages from parent to child, over the IPC channel (`serialization: 'advanced'`). */
export type ToChild =
  | { readonly type: 'init'; readonly init: unknown }
  | { readonly type: 'call'; readonly id: number; readonly request: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'post'; readonly message: unknown };

export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly error: WireError }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError }
  | { readonly type: 'event'; readonly event: unknown };

/** An error as sent between processes, without its cause and remedy. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}
