import type { UiLanguage } from '../language.js';
import type { ErrorDetails, ErrorRow } from './error-row.js';
import { ERROR_TABLE, type ErrorCode } from './table.js';

/** The only error class that crosses a module border. `message` is one line in English without secrets. */
export class ChorusError extends Error {
  override readonly name = 'ChorusError';
  readonly details: ErrorDetails;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? {};
  }

  get row(): ErrorRow {
    return ERROR_TABLE[this.code];
  }

  get retryable(): boolean {
    return this.row.retryable === true;
  }
}

/** An error whose sentence is in the reader's language already. */
export function translatedError(code: ErrorCode, message: string, cause?: unknown): ChorusError {
  return new ChorusError(code, message, { cause, details: { translated: message } });
}

/** Whatever was thrown, as a ChorusError: unchanged if it is one, else wrapped under `code`. */
export function asChorusError(thrown: unknown, code: ErrorCode = 'internal'): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChorusError(code, message, { cause: thrown });
}

/** What went wrong, in one sentence in that language. An error of another sort than ours is a defect. */
export function describeError(thrown: unknown, language: UiLanguage): string {
  const error = asChorusError(thrown);
  const { translated } = error.details;
  if (translated !== undefined) return String(translated);
  if (language === 'en') return error.message;
  const { zh } = error.row.cause;
  if (typeof zh === 'string') return zh;
  const causes: readonly unknown[] = error.cause instanceof AggregateError ? error.cause.errors : [error.cause];
  const known = causes.filter((cause) => cause instanceof ChorusError).map((cause) => describeError(cause, 'zh'));
  return zh(error.details, [...new Set(known)].join('；'));
}

/** An error in words for a person: what happened, and what to do about it. */
export interface ErrorWords {
  readonly message: string;
  readonly remedy: string;
}

export function errorWords(error: ChorusError, language: UiLanguage): ErrorWords {
  return { message: describeError(error, language), remedy: error.row.remedy[language] };
}

/** Why work was cancelled on purpose: not an error to be logged, counted or apologised for. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(readonly reason: string) {
    super(`cancelled: ${reason}`);
  }
}

export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Cancelled || (thrown instanceof Error && thrown.name === 'AbortError');
}
