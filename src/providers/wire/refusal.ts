import { type Bilingual, ChorusError, type ErrorDetails } from '../../core/index.js';
import { readBounded } from './body.js';
import { wireWords } from './words.js';

/** The first part of error codes, such as `asr` in `asr.failed`. */
export type ServiceKind = 'asr' | 'tts' | 'realtime';

type ServiceFailure = 'failed' | 'timeout' | 'unreachable' | 'rejected' | 'rate_limited';

/** In the message, `what` follows the service's name. */
export function serviceError(
  kind: ServiceKind,
  failure: ServiceFailure,
  what: Bilingual,
  options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
): ChorusError {
  return new ChorusError(`${kind}.${failure}`, wireWords.failed(wireWords.services[kind], what), options);
}

const MAX_BODY_BYTES = 2_000;
const MAX_MESSAGE_CHARS = 200;
/** A service that asks for a longer pause is asked again after this time. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * The error for a status other than 2xx. `details.piiWords` contains the service's own message. Throws only the
 * signal's reason.
 */
export async function refusal(kind: ServiceKind, response: Response, signal: AbortSignal): Promise<ChorusError> {
  const words = firstWords(await readText(response, signal));
  const after = retryAfterMs(response.headers.get('retry-after'), response.headers.get('date'));
  return refusedWith(kind, response.status, words, after);
}

/**
 * The pause that a service asks for. A date is compared with the time in the same answer, because our clock may differ.
 * Undefined if the answer states no valid pause.
 */
export function retryAfterMs(
  retryAfter: string | null | undefined,
  date: string | null | undefined,
): number | undefined {
  const waitMs = namedWaitMs(retryAfter ?? '', Date.parse(date ?? ''));
  return waitMs > 0 ? Math.min(MAX_RETRY_AFTER_MS, waitMs) : undefined;
}

/**
 * Reads a `Retry-After` header, which states seconds or a date. Returns the wait from `nowMs` on, or NaN if the header
 * is invalid.
 */
export function namedWaitMs(retryAfter: string, nowMs: number): number {
  return /^\s*\d+(?:\.\d+)?\s*$/u.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - nowMs;
}

export function refusedWith(kind: ServiceKind, status: number, words = '', afterMs?: number): ChorusError {
  // Our message does not repeat the service's message, which may quote spoken or recognised text.
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

/** Removes keys, because some services repeat the key in their message. */
export function quotable(message: string): string {
  return message
    .replace(/\b(?:sk|key)-[\w*-]+/giu, '***')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_MESSAGE_CHARS);
}

export const said = (message: string): Bilingual => wireWords.said(quotable(message));

export const brokeOff = (why: string): Bilingual => wireWords.brokeOff(quotable(why));

function firstWords(text: string): string {
  return quotable(/"(?:message|msg|error_msg|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? '');
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return new TextDecoder().decode(await readBounded(response, MAX_BODY_BYTES, 'cut'));
  } catch {
    // If the body cannot be read, the status is enough for an error.
    signal.throwIfAborted();
    return '';
  }
}

export const unreadable = (kind: ServiceKind, cause: unknown): ChorusError =>
  cause instanceof ChorusError ? cause : serviceError(kind, 'failed', wireWords.unreadable, { cause });
