import { ChorusError, noMetrics, type Clock, type HttpClient, type Logger, type Metrics } from '../../core/index.js';
import { SERVICE_CIRCUIT } from '../circuit.js';
import { RateWindows, type RateWindow } from '../rate-window.js';
import { providers, type ProviderRegistry } from '../registry.js';
import { noSettings } from '../settings.js';
import type { LanguageModelDescriptor } from '../descriptor.js';
import type { LlmProvider } from './llm-port.js';
import { withConcurrency } from './with-concurrency.js';
import { withFallback } from './with-fallback.js';
import { answersByRules, createOfflineAssistant } from './offline/index.js';
import { withRetry } from './with-retry.js';
import { withToolsForModels } from './tools-for-models.js';
import { withRulesFirst } from './with-rules-first.js';
import { withShorterHistory } from './with-shorter-history.js';

/** The choice of a language model. */
export interface LlmChoice {
  /** Id of a descriptor. Undefined: `baseUrl` and `model` decide; without them, the default one. */
  readonly preset: string | undefined;
  /** Each of these values replaces the preset's, if it is set. */
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
  /** The model's own section, `llm.<id>`. Default: nothing is set there. */
  readonly own?: unknown;
}

/**
 * The model that the section `llm` or `llm.fallback` of the configuration chooses. The parameter `llm` is the whole
 * section: it also has each model's own settings under the model's id.
 */
export function llmChoiceOf(section: LlmSection, llm: object, registry: ProviderRegistry = providers): LlmChoice {
  const preset = section.preset === 'none' ? undefined : section.preset;
  const { base_url: baseUrl, model, api_key: apiKey } = section;
  const id = registry.languageModel(preset, baseUrl)?.id ?? '';
  return { preset, baseUrl, model, apiKey, own: (llm as Readonly<Record<string, unknown>>)[id] };
}

interface LlmSection {
  readonly preset: string;
  readonly base_url?: string | undefined;
  readonly model?: string | undefined;
  readonly api_key?: string | undefined;
}

export interface LlmOptions extends LlmChoice {
  /** Answers if the chosen model fails before its first word. Undefined: no fallback. */
  readonly fallback?: LlmChoice | undefined;
  /** True: simple rules answer first, and the model gets only the requests that they cannot answer. */
  readonly preferLocal?: boolean;
  /** Limits from which the chosen model is not asked for a while; only with a fallback. */
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  readonly temperature: number | undefined;
  /** Longest wait for the first token, and between tokens. */
  readonly firstTokenMs: number;
  /** Longest wait for the whole reply. */
  readonly replyMs: number;
  /** Number of requests that may run at once. */
  readonly maxWorkers: number;
  /** Requests that may begin in a minute. Default: what the model's vendor publishes. */
  readonly perMinute?: number | undefined;
  /** Windows that several models share if they use one account. Default: the model has a window of its own. */
  readonly windows?: RateWindows;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** 0..1, for the jitter of retries. */
  readonly random: () => number;
  /** Number of attempts before the model counts as failed. Default: three, or two with a fallback. */
  readonly attempts?: number;
  /** In place of the global `fetch`. */
  readonly http?: HttpClient;
  readonly registry?: ProviderRegistry;
}

/** Three tries within the time in which the first token is due anyway. */
const ATTEMPTS = 3;
/** Tries if another model can answer: one more try for a hiccup is enough. */
const ATTEMPTS_BEFORE_FALLBACK = 2;
const RETRY_PAUSE_MS = 400;
/** One request may wait for each running one. A further request would have to wait longer than a person does. */
const QUEUE_PER_WORKER = 1;

/**
 * The configured language model with its limits, and with its fallback if there is one. Errors: `config.invalid` if a
 * model or an address is missing.
 */
export function createLlm(options: LlmOptions): LlmProvider {
  const llm = createModel(options);
  if (options.preferLocal !== true) return llm;
  return withRulesFirst(llm, createOfflineAssistant({ clock: options.clock }), answersByRules);
}

function createModel(options: LlmOptions): LlmProvider {
  const { fallback, breaker = SERVICE_CIRCUIT, clock, log, metrics = noMetrics } = options;
  const single = !fallback || (fallback.preset === undefined && fallback.baseUrl === undefined);
  const first = create(options, single ? ATTEMPTS : ATTEMPTS_BEFORE_FALLBACK, 'llm');
  if (single || !first.remote) return first.provider;
  const second = create({ ...options, own: undefined, perMinute: undefined, ...fallback }, ATTEMPTS, 'llm.fallback');
  return withFallback(first.provider, second.provider, { ...breaker, clock, log, metrics });
}

/** `section`: where the model is configured, for messages. */
function create(
  options: LlmOptions,
  attempts: number,
  section: string,
): { readonly provider: LlmProvider; readonly remote: boolean } {
  const { clock, log, http } = options;
  const { descriptor, settings } = chosenModel(options, section);
  const { remote } = descriptor;
  // A fallback by rules gets the tools that are left out for the first model.
  const provider = withToolsForModels(descriptor.create(settings, { clock, log, ...(http && { http }) }));
  if (!remote) return { provider, remote };
  const { perMinute = descriptor.perMinute } = options;
  const { windows = new RateWindows() } = options;
  const window = windows.of([descriptor.id, settings.baseUrl, settings.apiKey], perMinute);
  return { provider: withLimits(provider, { ...options, window }, attempts), remote };
}

/**
 * The descriptor of a choice, and the settings that its `create` and `probe` get. Errors: `config.invalid`. `section`:
 * where the model is configured, for messages.
 */
export function chosenModel(
  options: Pick<LlmOptions, keyof LlmChoice | 'temperature' | 'firstTokenMs' | 'replyMs' | 'registry'>,
  section: string,
): {
  readonly descriptor: LanguageModelDescriptor;
  readonly settings: Parameters<LanguageModelDescriptor['create']>[0];
} {
  const { preset, apiKey, temperature, firstTokenMs, replyMs } = options;
  const descriptor = (options.registry ?? providers).languageModel(preset, options.baseUrl);
  if (!descriptor) throw new ChorusError('config.invalid', `${section}.preset: there is no ${preset ?? 'default'}`);
  const baseUrl = options.baseUrl ?? descriptor.baseUrl;
  const model = options.model ?? descriptor.model;
  const { remote } = descriptor;
  if (remote && baseUrl === undefined) throw new ChorusError('config.invalid', `${section}.base_url is missing`);
  if (remote && model === undefined)
    throw new ChorusError('config.invalid', `${section}.model is missing: ${preset ?? baseUrl} has no default one`);
  const settings = {
    baseUrl: baseUrl ?? '',
    model: model ?? '',
    apiKey,
    temperature,
    firstTokenMs,
    replyMs,
    own: (descriptor.settings ?? noSettings).parse(options.own ?? {}),
  };
  return { descriptor, settings };
}

function withLimits(
  llm: LlmProvider,
  options: LlmOptions & { readonly window: RateWindow },
  attempts: number,
): LlmProvider {
  const { maxWorkers, window, firstTokenMs, clock, log, random } = options;
  const queued = withConcurrency(llm, {
    limit: maxWorkers,
    queueLimit: maxWorkers * QUEUE_PER_WORKER,
    waitMs: firstTokenMs,
    window,
    clock,
  });
  return withRetry(withShorterHistory(queued, log), {
    attempts: options.attempts ?? attempts,
    pauseMs: RETRY_PAUSE_MS,
    giveUpAfterMs: firstTokenMs,
    clock,
    log,
    random,
  });
}
