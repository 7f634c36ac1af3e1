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

export interface LlmChoice {
  /** Id of a descriptor. Without it, `baseUrl` selects the model. Without both, the default model is used. */
  readonly preset: string | undefined;
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
  readonly own?: unknown;
}

/**
 * `section` is the section `llm` or `llm.fallback` of the configuration. `llm` is always the section `llm`, because
 * that section contains each model's own settings.
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
  /** Answers if the chosen model fails before its first word. Undefined if there is no fallback. */
  readonly fallback?: LlmChoice | undefined;
  /** If true, simple rules answer first. The model gets only the requests that the rules cannot answer. */
  readonly preferLocal?: boolean;
  /** After this number of failures in a row, the chosen model is paused for `openMs`. Used only with a fallback. */
  readonly breaker?: { readonly failures: number; readonly openMs: number };
  readonly temperature: number | undefined;
  readonly firstTokenMs: number;
  readonly replyMs: number;
  readonly maxWorkers: number;
  /** Default: the vendor's published limit. */
  readonly perMinute?: number | undefined;
  /** Counts the requests per minute of each account. Default: the requests of this model are counted alone. */
  readonly windows?: RateWindows;
  /** Shared by all configurations. Default: the model has a new circuit. */
  readonly circuits?: Circuits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** A value from 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** Attempts before the model counts as failed. Default: three, or two with a fallback. */
  readonly attempts?: number;
  readonly http?: HttpClient;
  readonly registry?: ProviderRegistry;
}

/** Three attempts fit into the time limit of the first token. */
const ATTEMPTS = 3;
/** One retry covers a transient failure. */
const ATTEMPTS_BEFORE_FALLBACK = 2;
const RETRY_PAUSE_MS = 400;
/** One request may wait for each running request. A person would not wait long enough for a longer queue. */
const QUEUE_PER_WORKER = 1;

/** Errors: `config.invalid` if a model or an address is missing, or if the preset is unknown. */
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

function create(
  options: LlmOptions,
  attempts: number,
  section: string,
): { readonly provider: LlmProvider; readonly remote: boolean } {
  const { clock, log, http } = options;
  const { descriptor, settings } = chosenModel(options, section);
  const { remote } = descriptor;
  // Each model is wrapped alone, so that a fallback that answers by rules still gets the tools for rules.
  const provider = withToolsForModels(descriptor.create(settings, { clock, log, ...(http && { http }) }));
  if (!remote) return { provider, remote };
  const { perMinute = descriptor.perMinute } = options;
  const { windows = new RateWindows() } = options;
  const window = windows.of([descriptor.id, settings.baseUrl, settings.apiKey], perMinute);
  if (!descriptor.acts) return { provider: withLimits(provider, { ...options, window }, attempts), remote };
  // A request that failed may have had its effect.
  return { provider: onceCertain(withLimits(provider, { ...options, window }, 1)), remote };
}

function onceCertain(llm: LlmProvider): LlmProvider {
  return {
    ...llm,
    async *stream(request, signal) {
      await request.certainty?.whenCertain(signal);
      yield* llm.stream(request, signal);
    },
  };
}

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
