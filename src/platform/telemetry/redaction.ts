import type { LogFields } from '../../core/index.js';

const SECRET_KEY = new RegExp(
  'token|secret|passw|pwd|authorization|api[-_]?key|access[-_]?key|private[-_]?key|hmac|cookie|csrf|credential|' +
    'signature|challenge',
  'i',
);
/** Harmless keys whose names look like secrets, such as the token counts of a model. */
const HARMLESS_KEY =
  /^((input|output|max)?_?[tT]okens\w*|tokenGeneration|llm_first_token|first_token_ms|firstTokenMs)$/;

export const isSecretKey = (key: string): boolean => SECRET_KEY.test(key) && !HARMLESS_KEY.test(key);

const BEARER = /\bBearer\s+[^\s"',]+/gi;
const MAX_DEPTH = 4;
const MAX_STRING = 2000;
const MAX_ITEMS = 50;

export interface RedactionRules {
  readonly transcripts: boolean;
  /** Values that are replaced in all texts, because some services quote a refused key in their error. */
  readonly secrets?: readonly string[];
}

/** Leaves out keys that begin with `pii` unless `transcripts` is true. Truncates long strings and lists. */
export function redact(fields: LogFields, rules: RedactionRules): Record<string, unknown> {
  return redactObject(fields, rules, 0);
}

function redactObject(
  fields: Readonly<Record<string, unknown>>,
  rules: RedactionRules,
  depth: number,
): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith('pii') && !rules.transcripts) continue;
    clean[key] = isSecretKey(key) ? '[redacted]' : redactValue(value, rules, depth);
  }
  return clean;
}

function redactValue(value: unknown, rules: RedactionRules, depth: number): unknown {
  if (typeof value === 'string') return cutString(value, rules);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, rules, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, rules, depth + 1));
  return redactObject(value as Record<string, unknown>, rules, depth + 1);
}

function cutString(text: string, { secrets = [] }: RedactionRules): string {
  let clean = text;
  // Secrets are replaced before the text is truncated, because a truncated secret would not be recognised.
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[redacted]');
  const cut = clean.length > MAX_STRING ? `${clean.slice(0, MAX_STRING)}...` : clean;
  return cut.replace(BEARER, 'Bearer [redacted]');
}

function errorFields(error: Error, rules: RedactionRules, depth: number): Record<string, unknown> {
  const { code, details } = error as { code?: unknown; details?: { readonly piiWords?: unknown } };
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: cutString(error.message, rules),
    ...(rules.transcripts && typeof details?.piiWords === 'string' && { piiWords: cutString(details.piiWords, rules) }),
    ...(error.stack !== undefined && { stack: cutString(error.stack, rules) }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: redactValue(error.cause, rules, depth + 1) }),
  };
}
