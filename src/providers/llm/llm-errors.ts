import { ChorusError, type ErrorCode } from '../../core/index.js';
import { llmWords } from './words.js';

export interface VendorError {
  readonly status: number | undefined;
  readonly body: string;
}

const MAX_BODY_CHARS = 4000;

const any = (...patterns: readonly string[]): RegExp => new RegExp(patterns.join('|'), 'is');

/**
 * How vendors report that money or the free quota is used up: `insufficient_quota` (OpenAI, 429), `Insufficient
 * Balance` (DeepSeek, 402), `exceeded_current_quota_error` (Moonshot, 429), `Arrearage` (400) and
 * `AllocationQuota.FreeTierOnly` (403, Model Studio), `AccountOverdueError` and `ServiceOverdue` (Ark, 403), code 1113
 * (GLM, 429), 30001 (SiliconFlow, 403).
 */
const NO_MONEY = any(
  'insufficient[_ ]?(?:user[_ ]?)?(?:quota|balance|credits?|funds)|balance (?:is )?(?:insufficient|not enough|too low)',
  'exceeded_current_quota|arrear|overdue|FreeTierOnly|payment required|余额不足|欠费|额度不足|额度已?用[尽完]',
  String.raw`"code"\s*:\s*"?(?:1113|30001)\b`,
);
/** Model Studio also sends `insufficient_quota` when requests only come too fast. */
const TOO_FAST = /Throttling|limit_burst_rate|allocated quota exceeded|rate[ _]?limit|"code"\s*:\s*"?130[2-5]\b/i;
const BAD_KEY = any(
  'invalid[_ ]?api[_ ]?key|incorrect api key|invalid_authentication|AuthenticationError|InvalidApiKey',
  String.raw`"code"\s*:\s*"?100[0-4]\b`,
);
/** Words of a refusal that concerns the place or content of the request, not the key. */
const NOT_THE_KEY = /country|region|territory|model[_ ]?not|not activated|ServiceNotOpen|moderation|sensitive/i;

/**
 * How vendors report that the conversation is too long: `context_length_exceeded` (OpenAI), "maximum context length is"
 * (vLLM, DeepSeek), `exceed_context_size_error` (llama.cpp), "Range of input length should be" (Model Studio), code
 * 1261 (GLM).
 */
const TOO_LONG = any(
  'context[_ ]?(?:length|size|window)[^"]{0,40}exceed|exceed[^"]{0,40}context|(?:maximum|max) context length',
  String.raw`range of input length|prompt is too long|too many (?:input )?tokens|上下文.{0,12}超|"code"\s*:\s*"?1261\b`,
);
const NO_SUCH_MODEL = any(
  String.raw`model_not_found|\bmodel\b.{0,80}\bnot (?:exist|found)|\bnot found\b.{0,20}\bmodel\b|模型不存在`,
  String.raw`"code"\s*:\s*"?1211\b`,
);

export function classify(error: VendorError): ErrorCode {
  const body = error.body.slice(0, MAX_BODY_CHARS);
  if (error.status === 413 || (TOO_LONG.test(body) && (error.status ?? 400) === 400)) return 'llm.too_long';
  if (knowsNoSuchModel({ status: error.status ?? 404, body })) return 'llm.no_model';
  // A chat endpoint would have named the missing resource, so the address is wrong.
  if (error.status === 404 || error.status === 405) return 'llm.bad_address';
  if (error.status === 402) return 'llm.no_money';
  if (NO_MONEY.test(body) && !(error.status === 429 && TOO_FAST.test(body))) return 'llm.no_money';
  if (error.status === 401) return 'llm.bad_key';
  if (error.status === 403) return NOT_THE_KEY.test(body) ? 'llm.failed' : 'llm.bad_key';
  if (error.status === 429) return 'llm.rate_limited';
  if (error.status === 408 || error.status === 425) return 'llm.unreachable';
  // The server was reached, and the fault is on its side. "Check the network" would mislead the user.
  if (error.status !== undefined && error.status >= 500) return 'llm.server_error';
  if (BAD_KEY.test(body)) return 'llm.bad_key';
  if (error.status === undefined && (TOO_FAST.test(body) || /too many requests/i.test(body))) return 'llm.rate_limited';
  if (error.status === undefined && /overloaded|unavailable|internal[_ ]?(?:server[_ ]?)?error/i.test(body))
    return 'llm.server_error';
  return 'llm.failed';
}

/** Ollama answers 400 `... does not support tools`. */
export function refusesTools(error: VendorError): boolean {
  return (
    error.status === 400 &&
    /(?:does not|doesn't|not) support(?:ed)?.{0,40}\b(?:tools?|function)|\btools?\b.{0,40}not supported/i.test(
      error.body.slice(0, MAX_BODY_CHARS),
    )
  );
}

/**
 * How vendors report an unknown model: `model_not_found` (OpenAI, Model Studio), "Model Not Exist" (DeepSeek), code
 * 1211 (GLM), `model "x" not found` (Ollama).
 */
export function knowsNoSuchModel(error: VendorError): boolean {
  return (error.status === 400 || error.status === 404) && NO_SUCH_MODEL.test(error.body.slice(0, MAX_BODY_CHARS));
}

/** Converts an error of the AI SDK or of `fetch`. `wallMs` is the time now, for a Retry-After header with a date. */
export function asLlmError(thrown: unknown, wallMs: number): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  if (thrown instanceof Error && thrown.cause instanceof ChorusError) return thrown.cause;
  const vendor = vendorError(thrown);
  // The thrown error does not become the cause. Its message is from the vendor and may quote people's words.
  if (vendor) return refused(vendor, retryAfter(thrown, wallMs));
  // A RangeError means that the answer exceeds a limit, such as those of `boundedEvents`. If this happens within a
  // stream, the SDK throws an error of its own, with the RangeError as its cause.
  const tooLong = [thrown, thrown instanceof Error ? thrown.cause : undefined].find(
    (error) => error instanceof RangeError,
  );
  if (tooLong) return new ChorusError('llm.failed', tooLong.message, { cause: thrown });
  const name = nameOf(thrown);
  if (name === 'AI_APICallError' || name === 'TypeError' || name === 'SocketError' || isNetworkError(thrown)) {
    return new ChorusError('llm.unreachable', llmWords.connectionFailed(networkReason(thrown)), {
      cause: isNetworkError(thrown) ? thrown : undefined,
    });
  }
  if (name === 'AI_InvalidResponseDataError' && thrown instanceof Error && thrown.message.includes('finish reason')) {
    return new ChorusError('llm.server_error', llmWords.brokeOff);
  }
  // The error does not become the cause, because it would quote the unreadable text.
  return new ChorusError('llm.failed', llmWords.unreadable(name));
}

export function vendorError(thrown: unknown): VendorError | undefined {
  if (typeof thrown === 'string') return { status: undefined, body: thrown };
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { statusCode, responseBody } = thrown as { statusCode?: unknown; responseBody?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400)
    return { status: statusCode, body: typeof responseBody === 'string' ? responseBody : '' };
  if (thrown instanceof Error) return undefined;
  return { status: undefined, body: JSON.stringify(thrown) };
}

/** Upper bound of `details.retryAfterS`. `withRetry` waits five minutes at most. */
const MAX_RETRY_AFTER_S = 3600;

/** The header contains seconds or a date. */
function retryAfter(thrown: unknown, wallMs: number): number | undefined {
  const { responseHeaders } = thrown as { readonly responseHeaders?: Readonly<Record<string, string>> };
  const text = responseHeaders?.['retry-after'];
  if (text === undefined) return undefined;
  const seconds = /^\s*\d+/.test(text) ? Number.parseFloat(text) : (Date.parse(text) - wallMs) / 1000;
  return Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_S, Math.max(0, Math.ceil(seconds))) : undefined;
}

function refused(vendor: VendorError, retryAfterS: number | undefined): ChorusError {
  const message = describe(vendor);
  const piiWords = ownWords(vendor);
  return new ChorusError(classify(vendor), message, {
    details: {
      quote: message,
      ...(piiWords !== '' && { piiWords }),
      ...(retryAfterS !== undefined && { retryAfterS }),
    },
  });
}

/** The message is left out, because it may quote people's words. */
function describe({ status, body }: VendorError): string {
  const names = namesIn(body);
  if (status !== undefined) return ['HTTP ' + status, ...names].join(', ');
  return names.length === 0
    ? 'the model answered with an error'
    : `the model answered with an error: ${names.join(', ')}`;
}

const NAME = /^[\w.:-]{1,64}$/;

function namesIn(body: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const outer = (value ?? {}) as Record<string, unknown>;
  const inner = (typeof outer['error'] === 'object' && outer['error'] !== null ? outer['error'] : outer) as Record<
    string,
    unknown
  >;
  const names = [inner['code'], inner['type']].filter((name) => typeof name === 'string' || typeof name === 'number');
  return [...new Set(names.map(String))].filter((name) => NAME.test(name));
}

/** The vendor's message is the most helpful, but may repeat the key. So text that looks like a key is removed. */
function ownWords({ body }: VendorError): string {
  return body
    .slice(0, 300)
    .replace(/\s+/g, ' ')
    .replace(/[A-Za-z0-9_\-.*]{20,}/g, '…')
    .trim();
}

const NETWORK_CODES = /^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/;

function isNetworkError(thrown: unknown): boolean {
  return NETWORK_CODES.test(networkReason(thrown));
}

/** The code of the innermost cause, e.g. ECONNREFUSED. Without a code, the name of the error. */
function networkReason(thrown: unknown): string {
  let reason = nameOf(thrown);
  let at: unknown = thrown;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string') reason = code;
    at = at.cause;
  }
  return reason;
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
