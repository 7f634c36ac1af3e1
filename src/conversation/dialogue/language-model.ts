import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/index.js';
import type { Clock, HttpClient, Logger, Metrics } from '../../core/index.js';
import {
  Circuits,
  createLlm,
  llmChoiceOf,
  probeLlm,
  RateWindows,
  type LlmChoice,
  type LlmOptions,
  type LlmProvider,
} from '../../providers/index.js';
import type { LiveConfig, LivePart } from '../../config/index.js';

interface Common {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly http: HttpClient;
}

/** A change of the configuration does not affect an answer in progress. */
export interface LanguageModel extends LivePart {
  /** `service` is a name in `llm.services`. Any other value means the configured service. */
  current(service?: string): LlmProvider;
  /** Returns the service alone, without fallback and retries. Simple rules never answer in its place. */
  bare(service?: string): LlmProvider;
}

export function createLanguageModel(live: LiveConfig, common: Common): LanguageModel {
  const kept = { windows: new RateWindows(), circuits: new Circuits(common.clock) };
  const make = (settings: Settings): LlmProvider => createLlm({ ...settings, ...common, ...kept, random: Math.random });
  let provider = make(settingsOf(live.current));
  let services = mapValues(servicesOf(live.current), make);
  const bare = new Map<string, LlmProvider>();
  const part: LanguageModel = {
    name: 'llm',
    current: (service) => services.get(service ?? '') ?? provider,
    bare(service = '') {
      const known = bare.get(service);
      if (known) return known;
      const settings = servicesOf(live.current).get(service) ?? settingsOf(live.current);
      const made = make({ ...settings, fallback: undefined, preferLocal: false, attempts: 1 });
      bare.set(service, made);
      return made;
    },
    async prepare({ now, next, trial, signal }) {
      const [before, after] = [settingsOf(now), settingsOf(next)];
      const [servicesBefore, servicesAfter] = [servicesOf(now), servicesOf(next)];
      const sameServices = isDeepStrictEqual(servicesBefore, servicesAfter);
      if (isDeepStrictEqual(before, after) && sameServices) return undefined;
      const made = isDeepStrictEqual(before, after) ? provider : make(after);
      const madeServices = sameServices ? services : mapValues(servicesAfter, make);
      if (trial) await tryChoices(before, after, { ...common, signal });
      return {
        commit() {
          provider = made;
          services = madeServices;
          bare.clear();
        },
        discard: () => undefined,
      };
    },
  };
  live.add(part);
  return part;
}

type Settings = Omit<LlmOptions, 'clock' | 'log' | 'metrics' | 'http' | 'random' | 'windows' | 'circuits'>;

function settingsOf({ llm }: Config): Settings {
  return {
    ...llmChoiceOf(llm, llm),
    fallback: llmChoiceOf(llm.fallback, llm),
    breaker: { failures: llm.breaker_failures, openMs: llm.breaker_open_ms },
    temperature: llm.temperature,
    firstTokenMs: llm.first_token_ms,
    replyMs: llm.total_ms,
    maxWorkers: llm.max_workers,
    perMinute: llm.max_per_minute,
    preferLocal: llm.prefer_local,
  };
}

/**
 * Missing settings of a service come from the configured model. The limit of requests per minute belongs to an account.
 * The limit is therefore copied only if preset and address are the same.
 */
function servicesOf(config: Config): ReadonlyMap<string, Settings> {
  const { llm } = config;
  const shared = settingsOf(config);
  return new Map(
    Object.entries(llm.services).map(([name, service]) => {
      const chosen = llmChoiceOf({ ...service, api_key: llm.service_keys[name] }, llm);
      const samePlace = chosen.preset === shared.preset && chosen.baseUrl === shared.baseUrl;
      return [name, { ...shared, ...chosen, perMinute: samePlace ? shared.perMinute : undefined }];
    }),
  );
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, make: (value: T) => U): ReadonlyMap<string, U> {
  return new Map([...map].map(([name, value]) => [name, make(value)]));
}

/** The fallback is off, because it would hide a failure of the first model. */
async function tryChoices(
  before: Settings,
  after: Settings,
  common: Common & { readonly signal: AbortSignal },
): Promise<void> {
  const pairs: readonly (readonly [LlmChoice | undefined, LlmChoice | undefined])[] = [
    [choice(before), choice(after)],
    [before.fallback, after.fallback],
  ];
  for (const [from, to] of pairs) {
    if (to === undefined || isDeepStrictEqual(from, to)) continue;
    const { signal, ...rest } = common;
    await probeLlm({ ...after, ...to, fallback: undefined, preferLocal: false, ...rest, random: Math.random }, signal);
  }
}

const choice = ({ preset, baseUrl, model, apiKey, own }: LlmChoice): LlmChoice => ({
  preset,
  baseUrl,
  model,
  apiKey,
  own,
});
