import type { Config, Foundation } from '../config/index.js';
import { Memories } from '../conversation/memory/index.js';
import type { Store } from '../platform/store/index.js';
import { createMemoryService } from '../providers/index.js';
import type { Agent, MemoryKind } from '../records/index.js';
import type { LanguageModel } from '../conversation/dialogue/index.js';

export interface MemoriesParts {
  readonly store: Pick<Store, 'memories' | 'list' | 'agents'>;
  readonly llm: LanguageModel;
  /** False under load. */
  readonly mayPrepare: () => boolean;
}

export function memoryKindOf({ memory }: Config, agent: Agent | undefined): MemoryKind {
  return agent?.memory ?? memory.kind;
}

export function composeMemories({ live, root, http, common }: Foundation, parts: MemoriesParts): Memories {
  const { clock, log } = common;
  const { store, llm, mayPrepare } = parts;
  const memories = new Memories({
    store: store.memories,
    clock,
    log,
    kindOf: (agent) => memoryKindOf(live.current, agent),
    modelOf: (agent) => ({ llm: llm.current(agent?.service), model: agent?.model }),
    service: (id) => createMemoryService(id, live.current.memory, { http, clock }),
    keptBy: async () => ({
      devices: (await store.list()).map(({ deviceId }) => deviceId),
      agents: (await store.agents.agents()).map(({ id }) => id),
    }),
    mayWork: mayPrepare,
  });
  root.fork('memory', (signal) => memories.run(signal));
  // This runs after all sessions have ended and before the database closes.
  root.onClose(() => memories.linkSources());
  return memories;
}
