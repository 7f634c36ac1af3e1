import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.js';
import type { Clock, HttpClient, Logger, Metrics } from '../core/index.js';
import {
  createLlm,
  llmChoiceOf,
  probeLlm,
  type LlmChoice,
  type LlmOptions,
  type LlmProvider,
} from '../providers/index.js';
import type { LiveConfig, LivePart } from '../config/index.js';

interface Common {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly http: HttpClient;
}

/**
 * The language model in force. A new one is used from the next answer on; an answer finishes with the one it began
 * with.
 */
export interface LanguageModel extends LivePart {
  current(): LlmProvider;
}

export function composeLanguageModel(live: LiveConfig, common: Common): LanguageModel {
  let provider = createLlm({ ...settingsOf(live.current), ...common, random: Math.random });
  const part: LanguageModel = {
    name: 'llm',
    current: () => provider,
    async prepare({ now, next, trial, signal }) {
      const [before, after] = [settingsOf(now), settingsOf(next)];
      if (isDeepStrictEqual(before, after)) return undefined;
      const made = createLlm({ ...after, ...common, random: Math.random });
      if (trial) await tryChoices(before, after, { ...common, signal });
      return { commit: () => (provider = made), discard: () => undefined };
    },
  };
  live.add(part);
  return part;
}

type Settings = Omit<LlmOptions, 'clock' | 'log' | 'metrics' | 'http' | 'random'>;

/** All settings that a provider depends on. While they stay the same it keeps its open circuit and its limits. */
function settingsOf({ llm }: Config): Settings {
  return {
    ...llmChoiceOf(llm, llm),
    fallback: llmChoiceOf(llm.fallback, llm),
    breaker: { failures: llm.breaker_failures, openMs: llm.breaker_open_ms },
    temperature: llm.temperature,
    firstTokenMs: llm.first_token_ms,
    replyMs: llm.total_ms,
    maxWorkers: llm.max_workers,
    preferLocal: llm.prefer_local,
  };
}

/** One short question to each model that is another one: a fallback would hide that the first does not answer. */
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
