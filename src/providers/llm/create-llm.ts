import { ChorusError, noMetrics, type Clock, type HttpClient, type Logger, type Metrics } from '../../core/index.js';
import { SERVICE_CIRCUIT } from '../circuit.js';
import { Circuits } from '../circuits.js';
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
  /**
   * Id of a descriptor. Undefined: `baseUrl` and `model` decide. If these are undefined too, the default model is used.
   */
  readonly preset: string | undefined;
  /** Each of these values overrides the preset's value, if it is set. */
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
  /** The model's own section, `llm.<id>`. Default: an empty section. */
  readonly own?: unknown;
}

/**
 * The model that the configuration section `llm` or `llm.fallback` selects. The parameter `llm` is the whole section
 * `llm`: it contains each model's own settings under the model's id.
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
  /** The model that answers if the chosen one fails before its first word. Undefined: no fallback. */
  readonly fallback?: LlmChoice | undefined;
  /** True: simple rules answer first. The model gets only the requests that the rules cannot answer. */
  readonly preferLocal?: boolean;
  /** Failures that pause the chosen model, and the length of the pause. Used only with a fallback. */
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  readonly temperature: number | undefined;
  /** Longest wait for the first token, and between tokens. */
  readonly firstTokenMs: number;
  /** Longest wait for the whole reply. */
  readonly replyMs: number;
  /** Maximum number of concurrent requests. */
  readonly maxWorkers: number;
  /** Maximum number of requests that begin per minute. Default: the vendor's published limit. */
  readonly perMinute?: number | undefined;
  /** Rate windows, shared by models of one account. Default: the model has its own window. */
  readonly windows?: RateWindows;
  /** The circuits of the models of all configurations. Default: the model has a new one. */
  readonly circuits?: Circuits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** A value from 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** Number of attempts before the model counts as failed. Default: three; with a fallback, two. */
  readonly attempts?: number;
  /** Replaces the global `fetch`. */
  readonly http?: HttpClient;
  readonly registry?: ProviderRegistry;
}

/** Number of attempts: three fit into the time limit of the first token. */
const ATTEMPTS = 3;
/** Attempts if another model can answer: one retry covers a transient failure. */
const ATTEMPTS_BEFORE_FALLBACK = 2;
const RETRY_PAUSE_MS = 400;
/** For each running request, one may wait. A further request would wait longer than a person does. */
const QUEUE_PER_WORKER = 1;

/**
 * The configured language model with its limits and its optional fallback. Errors: `config.invalid` if a model or an
 * address is missing.
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
  const { circuits = new Circuits(clock), preset, baseUrl, model, apiKey, own } = options;
  return withFallback(first.provider, second.provider, {
    ...breaker,
    clock,
    log,
    metrics,
    // The circuit's log lines name the fallback, so another fallback needs another circuit.
    circuit: (made) => circuits.kept([preset, baseUrl, model, apiKey, own, breaker, second.provider.id], made),
  });
}

/** `section`: the configuration section of the model, for messages. */
function create(
  options: LlmOptions,
  attempts: number,
  section: string,
): { readonly provider: LlmProvider; readonly remote: boolean } {
  const { clock, log, http } = options;
  const { descriptor, settings } = chosenModel(options, section);
  const { remote } = descriptor;
  // A fallback that answers by rules gets all tools, even those that the first model is not offered.
  const provider = withToolsForModels(descriptor.create(settings, { clock, log, ...(http && { http }) }));
  if (!remote) return { provider, remote };
  const { perMinute = descriptor.perMinute } = options;
  const { windows = new RateWindows() } = options;
  const window = windows.of([descriptor.id, settings.baseUrl, settings.apiKey], perMinute);
  return { provider: withLimits(provider, { ...options, window }, attempts), remote };
}

/**
 * The descriptor of a choice, and the settings for its `create` and `probe`. Errors: `config.invalid`. `section`: the
 * configuration section of the model, for messages.
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
