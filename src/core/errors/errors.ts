import { both, type Bilingual, type UiLanguage } from '../language.js';
import type { ErrorDetails, ErrorRow } from './error-row.js';
import { inBrackets, quoted, systemReason } from './sentences.js';
import { ERROR_TABLE, type ErrorCode } from './table.js';

/**
 * The only error class that crosses a module border. `message` is one line without secrets, in English except in a
 * {@link translatedError}. A sentence that a person may read is given in both languages, unless the row of the table
 * makes the Chinese one from the details.
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
    // As one of the details, the Chinese sentence also reaches other processes.
    this.#remedy = options.remedy;
    this.details = { ...options.details, ...(said && { zh: said.zh }) };
  }

  get row(): ErrorRow {
    return ERROR_TABLE[this.code];
  }

  /** The remedy that the thrower passed, else that of the row. */
  get remedy(): Bilingual {
    return this.#remedy ?? this.row.remedy;
  }

  get retryable(): boolean {
    return this.row.retryable === true;
  }
}

/** An error whose sentence is already in the reader's language, as is its remedy, if one is given. */
export function translatedError(code: ErrorCode, message: string, cause?: unknown, remedy?: string): ChorusError {
  return new ChorusError(code, message, {
    cause,
    details: { translated: message },
    ...(remedy !== undefined && { remedy: { en: remedy, zh: remedy } }),
  });
}

/** Any thrown value as a ChorusError: unchanged if it is one, else wrapped under `data.disk_full` or `code`. */
export function asChorusError(thrown: unknown, code: ErrorCode = 'internal'): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  if (isDiskFull(thrown))
    return new ChorusError('data.disk_full', both('the disk is full', '磁盘满了'), { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChorusError(code, message, { cause: thrown });
}

/** True if the disk or the quota is full. Then other permissions would not help. */
export function isDiskFull(thrown: unknown): boolean {
  const code = (thrown as { readonly code?: unknown } | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/**
 * The same failure with the service's own words (`details.piiWords`), which help most to correct it. Only for a request
 * that sent no data of a person, because a service may quote its request. Words after other requests go only into
 * fields whose names begin with `pii`.
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

/** The failure in one sentence of that language. An error of another class than ours is a defect. */
export function describeError(thrown: unknown, language: UiLanguage): string {
  const error = asChorusError(thrown);
  const { translated } = error.details;
  if (translated !== undefined) return String(translated);
  return language === 'en' ? error.message : inChinese(error);
}

/**
 * The Chinese sentence, with as much information as the English one. An error without a sentence of its own gets that
 * of its row, with everything that is known.
 */
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

/** The failure in both languages. */
export const inBothLanguages = (thrown: unknown): Bilingual => ({
  en: describeError(thrown, 'en'),
  zh: describeError(thrown, 'zh'),
});

/** An error in words for a person: the failure and its remedy. */
export interface ErrorWords {
  readonly message: string;
  readonly remedy: string;
}

export function errorWords(error: ChorusError, language: UiLanguage): ErrorWords {
  return { message: describeError(error, language), remedy: error.remedy[language] };
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
