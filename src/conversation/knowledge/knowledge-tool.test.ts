import { expect, it } from 'vitest';
import { silentLogger } from '../../core/index.js';
import type { Collections } from './library.js';
import { knowledgeTool } from './knowledge-tool.js';

it("searches the agent's collections; none if the agent is unknown; all if there is no agent", async () => {
  const searched: Collections[] = [];
  const library = {
    search: (_query: string, collections: Collections) => {
      searched.push(collections);
      return Promise.resolve([]);
    },
  };
  const agents: Readonly<Record<string, { readonly knowledge?: Collections }>> = {
    free: {},
    narrow: { knowledge: ['home'] },
  };
  const tool = knowledgeTool(library, (agentId) => Promise.resolve(agents[agentId]));
  const { signal } = new AbortController();
  const user = { deviceId: '', language: 'en', timeZone: 'UTC', log: silentLogger, signal, wallMs: () => 0 };
  for (const agentId of ['free', 'narrow', 'mistyped', undefined])
    await tool.run({ query: 'boiler' }, { ...user, agentId });
  expect(searched).toEqual([undefined, ['home'], [], undefined]);
});
