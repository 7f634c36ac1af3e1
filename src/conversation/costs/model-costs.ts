import type { Config } from '../../config/index.js';
import type { LanguageTag } from '../../core/index.js';
import { providers } from '../../providers/index.js';
import type { Agent, TurnRecord } from '../../records/index.js';
import type { CostLedger } from './ledger.js';

export interface ModelCosts {
  talksTo(deviceId: string, agent: Agent | undefined): void;
  /** Sentence that replaces an answer when the budget is used up. Undefined if the model may be asked. */
  refusal(deviceId: string, agent: Agent | undefined, language: LanguageTag): string | undefined;
  note(turn: TurnRecord): void;
  forget(deviceId: string): void;
}

export function modelCosts(
  config: () => Config,
  ledger: CostLedger,
  realtime: { isPaid(agent: Agent | undefined): boolean },
): ModelCosts {
  const services = new Map<string, string>();
  return {
    talksTo(deviceId, agent) {
      ledger.talksTo(deviceId, agent?.id);
      services.delete(deviceId);
      if (agent?.service !== undefined) services.set(deviceId, agent.service);
    },
    refusal: (deviceId, agent, language) =>
      paidModel(config(), agent?.service) === undefined && !realtime.isPaid(agent)
        ? undefined
        : ledger.refusal(deviceId, language),
    note({ deviceId, inputTokens = 0, outputTokens = 0 }) {
      const paid = paidModel(config(), services.get(deviceId));
      if (paid === undefined) return;
      ledger.spent(deviceId, paid, 'input_tokens', inputTokens);
      ledger.spent(deviceId, paid, 'output_tokens', outputTokens);
    },
    forget: (deviceId) => void services.delete(deviceId),
  };
}

function paidModel({ llm }: Config, service: string | undefined): string | undefined {
  const chosen = (service === undefined ? undefined : llm.services[service]) ?? llm;
  const descriptor = providers.languageModel(chosen.preset, chosen.base_url);
  return descriptor?.remote === true && descriptor.key !== undefined ? descriptor.id : undefined;
}
