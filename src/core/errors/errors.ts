import { both, type Bilingual, type UiLanguage } from '../language.js';
import type { ErrorDetails, ErrorRow } from './error-row.js';
import { inBrackets, quoted, systemReason } from './sentences.js';
import { ERROR_TABLE, type ErrorCode } from './table.js';

/**
 * The class of errors that cross a module border. `message` is one line without secrets, in English except in a
 * {@link translatedError}. If it is a plain string, the Chinese sentence comes from the error's row.
 */
export class ChorusError extends Error {
  override readonly name = 'ChorusError';
  readonly details: ErrorDetails;
  readonly #remedy: Bilingual | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string | Bilingual,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails; readonly remedy?: Bilingual } = {},
  ) {
    const said = typeof message === 'string' ? undefined : message;
    super(said?.en ?? (message as string), options.cause === undefined ? undefined : { cause: options.cause });
    this.#remedy = options.remedy;
    // As a detail, the Chinese sentence reaches other processes too.
    this.details = { ...options.details, ...(said && { zh: said.zh }) };
  }

  get row(): ErrorRow {
    return ERROR_TABLE[this.code];
  }

  get remedy(): Bilingual {
    return this.#remedy ?? this.row.remedy;
  }

  get retryable(): boolean {
    return this.row.retryable === true;
  }
}

/** The sentence and the remedy are already in the reader's language. */
export function translatedError(code: ErrorCode, message: string, cause?: unknown, remedy?: string): ChorusError {
  return new ChorusError(code, message, {
    cause,
    details: { translated: message },
    ...(remedy !== undefined && { remedy: { en: remedy, zh: remedy } }),
  });
}

/** Returns a ChorusError unchanged. Wraps any other value as `data.disk_full` or `code`. */
export function asChorusError(thrown: unknown, code: ErrorCode = 'internal'): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  if (isDiskFull(thrown))
    return new ChorusError('data.disk_full', both('the disk is full', '磁盘满了'), { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChorusError(code, message, { cause: thrown });
}

/** True if the disk or the quota is full. */
export function isDiskFull(thrown: unknown): boolean {
  const code = (thrown as { readonly code?: unknown } | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/**
 * Adds the service's own words (`details.piiWords`) to the sentence, because they help most to find the cause. Use this
 * only for a request without personal data, because a service may quote its request.
 */
export function quoting(thrown: unknown): unknown {
  if (!(thrown instanceof ChorusError)) return thrown;
  const { piiWords, zh, ...details } = thrown.details;
  if (piiWords === undefined) return thrown;
  const quote = String(piiWords);
  const en = `${thrown.message}: ${quote}`;
  return new ChorusError(thrown.code, typeof zh === 'string' ? both(en, `${zh}: ${quote}`) : en, {
    cause: thrown.cause,
    details: { ...details, quote },
    remedy: thrown.remedy,
  });
}

export function describeError(thrown: unknown, language: UiLanguage): string {
  const error = asChorusError(thrown);
  const { translated } = error.details;
  if (translated !== undefined) return String(translated);
  return language === 'en' ? error.message : inChinese(error);
}

/** An error without its own Chinese sentence gets the sentence of its row, with all known details. */
function inChinese({ code, details, row, cause }: ChorusError): string {
  if (details['zh'] !== undefined) return String(details['zh']);
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const ours = causes.filter((each) => each instanceof ChorusError && each.code !== code);
  const because = [...new Set(ours.map((each) => describeError(each, 'zh')))].join('；');
  const { zh } = row.cause;
  if (typeof zh === 'function') {
    const same = causes.filter((each) => each instanceof ChorusError).map((each) => describeError(each, 'zh'));
    return zh(details, [...new Set(same)].join('；'));
  }
  return inBrackets(zh, [quoted(details), systemReason(details), because].filter((text) => text !== '').join('；'));
}

export const inBothLanguages = (thrown: unknown): Bilingual => ({
  en: describeError(thrown, 'en'),
  zh: describeError(thrown, 'zh'),
});

export interface ErrorWords {
  readonly message: string;
  readonly remedy: string;
}

export function errorWords(error: ChorusError, language: UiLanguage): ErrorWords {
  return { message: describeError(error, language), remedy: error.remedy[language] };
}

/** The reason of an intended cancellation, which is not logged, counted or apologised for. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(readonly reason: string) {
    super(`cancelled: ${reason}`);
  }
}

export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Cancelled || (thrown instanceof Error && thrown.name === 'AbortError');
}
