import { Vision } from '../conversation/vision/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from '../config/index.js';
import type { LanguageModel } from '../conversation/dialogue/index.js';

export function composeVision({ live, common }: Foundation, llm: LanguageModel, { agents }: Store): Vision {
  return new Vision({
    settings: () => {
      const { model, service, timeout_ms: timeoutMs } = live.current.vision;
      return { model, service, timeoutMs };
    },
    llm: (service) => llm.bare(service),
    agentOf: (deviceId) => agents.agentOf(deviceId),
    ...common,
  });
}
