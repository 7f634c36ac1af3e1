import { type Bilingual, ChorusError, type HttpClient, parseJson } from '../../core/index.js';
import { refusal, serviceError, type ServiceKind } from './refusal.js';
import { readBounded } from './body.js';
import { wireWords } from './words.js';

export interface ServiceRequest {
  readonly kind: ServiceKind;
  readonly http: HttpClient | undefined;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** More than the text of a minute of speech, or any service's token. */
const MAX_JSON_BYTES = 1024 * 1024;

/**
 * Resolves with a 2xx answer. Errors: `unreachable`, `rejected`, `rate_limited` or `failed` of the kind, or the
 * signal's reason. Redirects are not followed, because they could lead to an address that the setting does not allow.
 */
export async function askService(request: ServiceRequest, signal: AbortSignal): Promise<Response> {
  const { kind, http, url, method = 'POST', headers, body } = request;
  const { fetch: ask = fetch } = http ?? {};
  let response: Response;
  try {
    response = await ask(url, {
      method,
      redirect: 'manual',
      signal,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    throw broken(kind, error, signal, wireWords.unreachable);
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw serviceError(kind, 'failed', wireWords.redirect);
  }
  if (!response.ok) throw await refusal(kind, response, signal);
  return response;
}

/** Errors: those of {@link askService}. */
export async function jsonOf(
  kind: ServiceKind,
  response: Response,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readBounded(response, MAX_JSON_BYTES, 'refuse'));
  } catch (error) {
    throw broken(kind, error, signal, wireWords.stopped);
  }
  signal.throwIfAborted();
  const value = parseObject(text);
  if (!value) throw serviceError(kind, 'failed', wireWords.noJson);
  return value;
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(parseJson(text));
  } catch {
    return undefined;
  }
}

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

export const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

export function broken(kind: ServiceKind, error: unknown, signal: AbortSignal, what: Bilingual): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof ChorusError ? error : serviceError(kind, 'unreachable', what, { cause: error });
}

export const withoutSlash = (url: string): string => url.replace(/\/+$/u, '');
