import { ChorusError, type ErrorCode } from '../../core/index.js';
import { readBounded } from './body.js';

/** What a service does here: the first part of its errors' codes. */
export type ServiceKind = 'asr' | 'tts';

/** How messages name it. */
export const SERVICE_NAMES: Readonly<Record<ServiceKind, string>> = {
  asr: 'the recognition service',
  tts: 'the speech service',
};

/** Of an error's body this much is read; the rest is not waited for. */
const MAX_BODY_BYTES = 2_000;
const MAX_MESSAGE_CHARS = 200;
/** A service that wants to be left alone for longer is tried again after this time. */
const MAX_RETRY_AFTER_MS = 300_000;

/** What a status other than 2xx means, with the service's own words where it has some. Errors: the signal's reason. */
export async function refusal(kind: ServiceKind, response: Response, signal: AbortSignal): Promise<ChorusError> {
  const words = firstWords(await readText(response, signal));
  return refusedWith(kind, response.status, words, response.headers.get('retry-after') ?? undefined);
}

/** An HTTP status as an error. `retryAfter`: the header of that name, in seconds. */
export function refusedWith(kind: ServiceKind, status: number, words = '', retryAfter?: string): ChorusError {
  const seconds = Number(retryAfter);
  const waits = retryAfter !== undefined && Number.isFinite(seconds) && seconds > 0;
  return new ChorusError(
    codeOf(kind, status),
    `${SERVICE_NAMES[kind]} answered ${status}${words === '' ? '' : `: ${words}`}`,
    { details: { status, ...(waits && { retryAfterMs: Math.min(MAX_RETRY_AFTER_MS, seconds * 1000) }) } },
  );
}

function codeOf(kind: ServiceKind, status: number): ErrorCode {
  if (status === 429 || status === 402) return `${kind}.rate_limited`;
  if (status === 408 || status >= 500) return `${kind}.failed`;
  return `${kind}.rejected`;
}

/** A service's own words for a message: one line, short, and without the key that some services repeat. */
export function quotable(message: string): string {
  return message
    .replace(/\b(?:sk|key)-[\w*-]+/giu, '***')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_MESSAGE_CHARS);
}

function firstWords(text: string): string {
  return quotable(/"(?:message|msg|error_msg|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? '');
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return new TextDecoder().decode(await readBounded(response, MAX_BODY_BYTES, 'cut'));
  } catch {
    // The status has said enough.
    signal.throwIfAborted();
    return '';
  }
}
