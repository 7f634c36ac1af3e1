import { type Bilingual, ChorusError, type ErrorDetails } from '../../core/index.js';
import { readBounded } from './body.js';
import { wireWords } from './words.js';

/** The kind of a service: the first part of its error codes. */
export type ServiceKind = 'asr' | 'tts' | 'realtime';

type ServiceFailure = 'failed' | 'timeout' | 'unreachable' | 'rejected' | 'rate_limited';

/** An error of a service; `what` follows its name in the message. */
export function serviceError(
  kind: ServiceKind,
  failure: ServiceFailure,
  what: Bilingual,
  options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
): ChorusError {
  return new ChorusError(`${kind}.${failure}`, wireWords.failed(wireWords.services[kind], what), options);
}

/** Bytes of an error's body that are read at most. */
const MAX_BODY_BYTES = 2_000;
const MAX_MESSAGE_CHARS = 200;
/** Longest pause: a service that wants to be left alone for longer is tried again after this time. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * The error for a status other than 2xx. The service's own words, if there are any, are in `details.piiWords`. Throws
 * only the signal's reason.
 */
export async function refusal(kind: ServiceKind, response: Response, signal: AbortSignal): Promise<ChorusError> {
  const words = firstWords(await readText(response, signal));
  const after = retryAfterMs(response.headers.get('retry-after'), response.headers.get('date'));
  return refusedWith(kind, response.status, words, after);
}

/**
 * The time in ms for which a service wants to be left alone. The service names seconds, or a date by its own clock,
 * which is in its answer. Undefined: it does not say, or says nothing sensible.
 */
export function retryAfterMs(
  retryAfter: string | null | undefined,
  date: string | null | undefined,
): number | undefined {
  const waitMs = namedWaitMs(retryAfter ?? '', Date.parse(date ?? ''));
  return waitMs > 0 ? Math.min(MAX_RETRY_AFTER_MS, waitMs) : undefined;
}

/** The time in ms that a header `Retry-After` names, in seconds or as a date, from `nowMs` on. NaN: it names none. */
export function namedWaitMs(retryAfter: string, nowMs: number): number {
  return /^\s*\d+(?:\.\d+)?\s*$/u.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - nowMs;
}

/** An HTTP status as an error. `afterMs`: as of {@link retryAfterMs}. */
export function refusedWith(kind: ServiceKind, status: number, words = '', afterMs?: number): ChorusError {
  // A service may quote the text that it was to speak, or to understand.
  return serviceError(kind, failureOf(status), wireWords.answered(status), {
    details: {
      status,
      ...(words !== '' && { piiWords: words }),
      ...(afterMs !== undefined && { retryAfterMs: afterMs }),
    },
  });
}

function failureOf(status: number): ServiceFailure {
  if (status === 429 || status === 402) return 'rate_limited';
  return status === 408 || status >= 500 ? 'failed' : 'rejected';
}

/** A service's own words for a message: one line, short, and without the key that some services repeat. */
export function quotable(message: string): string {
  return message
    .replace(/\b(?:sk|key)-[\w*-]+/giu, '***')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_MESSAGE_CHARS);
}

/** Quotes the service's own words about its failure. */
export const said = (message: string): Bilingual => wireWords.said(quotable(message));

/** Why a connection ended. */
export const brokeOff = (why: string): Bilingual => wireWords.brokeOff(quotable(why));

function firstWords(text: string): string {
  return quotable(/"(?:message|msg|error_msg|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? '');
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return new TextDecoder().decode(await readBounded(response, MAX_BODY_BYTES, 'cut'));
  } catch {
    // The status alone says enough.
    signal.throwIfAborted();
    return '';
  }
}

/** The reader's own error, or a general one for an unreadable answer. */
export const unreadable = (kind: ServiceKind, cause: unknown): ChorusError =>
  cause instanceof ChorusError ? cause : serviceError(kind, 'failed', wireWords.unreadable, { cause });
