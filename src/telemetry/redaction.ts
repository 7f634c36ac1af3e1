import type { LogFields } from '../core/index.js';

const SECRET_KEY = /token|secret|password|passwd|authorization|api_?key|hmac|cookie/i;
/** A key that names a count, a position or a time of tokens is not a secret: `tokens`, `inputTokens`, `tokenGeneration`, the stage `llm_first_token`. */
const HARMLESS_KEY = /^((input|output)?[tT]okens\w*|tokenGeneration|llm_first_token)$/;
const BEARER = /\bBearer\s+[^\s"',]+/gi;
const MAX_DEPTH = 4;
const MAX_STRING = 2000;
const MAX_ITEMS = 50;

/**
 * Fields as they may be written: what people said (keys beginning with `pii`) only with `transcripts`, nothing that looks
 * like a secret, long strings and lists cut, control characters escaped by the JSON writer, errors as plain objects.
 */
export function redact(fields: LogFields, transcripts: boolean): Record<string, unknown> {
  return redactObject(fields, transcripts, 0);
}

function redactObject(fields: Readonly<Record<string, unknown>>, transcripts: boolean, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith('pii') && !transcripts) continue;
    clean[key] = SECRET_KEY.test(key) && !HARMLESS_KEY.test(key) ? '[redacted]' : redactValue(value, transcripts, depth);
  }
  return clean;
}

function redactValue(value: unknown, transcripts: boolean, depth: number): unknown {
  if (typeof value === 'string') return cutString(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, transcripts, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, transcripts, depth + 1));
  return redactObject(value as Record<string, unknown>, transcripts, depth + 1);
}

function cutString(text: string): string {
  const cut = text.length > MAX_STRING ? `${text.slice(0, MAX_STRING)}...` : text;
  return cut.replace(BEARER, 'Bearer [redacted]');
}

function errorFields(error: Error, transcripts: boolean, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: cutString(error.message),
    ...(error.stack !== undefined && { stack: cutString(error.stack) }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: redactValue(error.cause, transcripts, depth + 1) }),
  };
}
