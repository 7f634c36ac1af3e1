import { objectOf, parseObject, textOrEmpty } from './http.js';
import type { WireMessage } from './connection.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export function jsonMessage(message: WireMessage): JsonObject {
  const value = typeof message === 'string' ? parseObject(message) : undefined;
  if (!value) throw new TypeError('the message is no JSON object');
  return value;
}

export function within(value: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce<JsonObject>((inner, name) => objectOf(inner[name]) ?? {}, value);
}

export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const textIn = (value: JsonObject, ...path: readonly string[]): string =>
  textOrEmpty(within(value, ...path.slice(0, -1))[path.at(-1) ?? '']);

/** Only the first characters of an error message are searched, because a service may send a megabyte. */
const MAX_WORDS_CHARS = 500;
/** Words in messages of a busy service, or about an empty account. */
const BUSY = /concurren|quota|limit|too many|throttl|busy|exhaust|arrear|balance|insufficient/iu;
const REFUSED = /auth|token|signature|permission|denied|forbidden|invalid.*key|not.?found|invalid.?param|unsupported/iu;

export function failureOf(code: string, message: string) {
  const words = `${code} ${message}`.trim().slice(0, MAX_WORDS_CHARS);
  const kind = BUSY.test(words) ? 'rate_limited' : REFUSED.test(words) ? 'rejected' : 'failed';
  return { type: 'failed', code: kind, message: words } as const;
}
