import { ChorusError, noMetrics, type Clock, type HttpClient, type Logger, type Metrics } from '../../core/index.js';
import { createOfflineAssistant } from './offline/index.js';
import { createOpenAiLlm, LLM_PRESETS, type LlmPreset, type LlmPresetName } from './openai/index.js';
import type { LlmProvider } from './llm-port.js';
import { withConcurrency } from './with-concurrency.js';
import { withFallback } from './with-fallback.js';
import { withRetry } from './with-retry.js';

/** Which language model. */
export interface LlmChoice {
  /** `offline`: the built-in assistant. Undefined: `baseUrl` and `model` say it all, or, without them, offline. */
  readonly preset: LlmPresetName | 'offline' | undefined;
  /** Each of these, where set, takes the place of the preset's. */
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
}

export interface LlmOptions extends LlmChoice {
  /** Answers where the chosen model fails before its first word. Undefined: nobody does. */
  readonly fallback?: LlmChoice | undefined;
  /** When the chosen model is left alone; only with a fallback. Default: {@link DEFAULT_BREAKER}. */
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  readonly temperature: number | undefined;
  readonly extraBody: Readonly<Record<string, unknown>> | undefined;
  /** To the first token, and between tokens. */
  readonly firstTokenMs: number;
  /** Waiting for the whole reply. */
  readonly replyMs: number;
  /** Requests at once. */
  readonly maxWorkers: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** 0..1, for the jitter of retries. */
  readonly random: () => number;
  /** How often it is asked before it counts as failed; default: three times, or twice where somebody else can answer. */
  readonly attempts?: number;
  /** In place of the global `fetch`. */
  readonly http?: HttpClient;
}

/** Three tries within the time in which the first token is due anyway. */
const ATTEMPTS = 3;
/** Somebody else can answer: one more try for a hiccup is enough. */
const ATTEMPTS_BEFORE_FALLBACK = 2;
export const DEFAULT_BREAKER = { failures: 3, openMs: 30_000 };
const RETRY_PAUSE_MS = 400;
/** As many again as run may wait for a place; beyond that they would wait longer than a person does. */
const QUEUE_PER_WORKER = 1;

/**
 * The configured language model with its limits, or the offline assistant; with its fallback, if there is one.
 * `config.invalid` when a model or an address is missing.
 */
export function createLlm(options: LlmOptions): LlmProvider {
  const { fallback, breaker = DEFAULT_BREAKER, clock, log, metrics = noMetrics } = options;
  if (isOffline(options)) return createOfflineAssistant({ clock });
  if (fallback === undefined || (fallback.preset === undefined && fallback.baseUrl === undefined))
    return createRemote(options, ATTEMPTS, 'llm');
  const second = isOffline(fallback)
    ? createOfflineAssistant({ clock })
    : createRemote({ ...options, ...fallback, extraBody: undefined }, ATTEMPTS, 'llm.fallback');
  return withFallback(createRemote(options, ATTEMPTS_BEFORE_FALLBACK, 'llm'), second, {
    ...breaker,
    clock,
    log,
    metrics,
  });
}

function isOffline({ preset, baseUrl }: LlmChoice): boolean {
  return preset === 'offline' || (preset === undefined && baseUrl === undefined);
}

/** `section`: where it is configured, for messages. */
function createRemote(options: LlmOptions, attempts: number, section: string): LlmProvider {
  if (options.preset === 'offline') throw new ChorusError('internal', 'the offline assistant is not remote');
  const preset: LlmPreset | undefined = options.preset === undefined ? undefined : LLM_PRESETS[options.preset];
  const baseUrl = options.baseUrl ?? preset?.baseUrl;
  const model = options.model ?? preset?.model;
  if (baseUrl === undefined) throw new ChorusError('config.invalid', `${section}.base_url is missing`);
  if (model === undefined)
    throw new ChorusError(
      'config.invalid',
      `${section}.model is missing: ${options.preset ?? baseUrl} has no default one`,
    );
  const local = isLocalAddress(baseUrl);
  const llm = createOpenAiLlm({
    name: options.preset ?? 'openai-compatible',
    baseUrl,
    model,
    apiKey: options.apiKey === '' ? undefined : options.apiKey,
    // An address of one's own is asked for what it wants: many need no key.
    keyless: preset?.keyless ?? true,
    local,
    limits: { silenceMs: options.firstTokenMs, replyMs: options.replyMs },
    temperature: preset?.fixedSampling ? undefined : options.temperature,
    maxTokensField: preset?.maxTokensField,
    extraBody: options.extraBody,
    // The preset's switches belong to its default model.
    ofModel:
      preset?.model !== undefined && preset.extraBody
        ? { model: preset.model, extraBody: preset.extraBody }
        : undefined,
    clock: options.clock,
    log: options.log,
    ...(options.http && { http: options.http }),
  });
  const limited = withConcurrency(llm, {
    limit: options.maxWorkers,
    queueLimit: options.maxWorkers * QUEUE_PER_WORKER,
    waitMs: options.firstTokenMs,
    clock: options.clock,
  });
  return withRetry(limited, {
    attempts: options.attempts ?? attempts,
    pauseMs: RETRY_PAUSE_MS,
    giveUpAfterMs: options.firstTokenMs,
    clock: options.clock,
    log: options.log,
    random: options.random,
  });
}

/** This machine, this network, or a name that only a local network resolves. */
export function isLocalAddress(url: string): boolean {
  let host: string;
  try {
    host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return false;
  }
  if (host.includes(':')) return host === '::1' || /^f[cd]|^fe[89ab]/i.test(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host))
    return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host);
  return !host.includes('.') || /\.(?:local|lan|internal|home)$/i.test(host);
}
