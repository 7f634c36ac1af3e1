import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { configSchema, LiveConfig } from '../config/index.js';
import { CostLedger } from '../conversation/costs/index.js';
import { createLanguageModel } from '../conversation/dialogue/index.js';
import type { KnowledgeLibrary } from '../conversation/knowledge/index.js';
import type { People } from '../conversation/people/index.js';
import { noMetrics, Scope, silentLogger } from '../core/index.js';
import { openStore, type Store } from '../platform/store/index.js';
import { NO_PLUGINS } from '../plugin/index.js';
import { turnRecord, type Agent } from '../records/index.js';
import { composeDialogues, type Dialogues } from './dialogues.js';
import { composeMcp } from './mcp.js';

const DEVICE = {
  deviceId: '02:00:00:00:00:01',
  clientId: 'c',
  sessionId: 's',
  language: 'en-US',
  timeZone: 'UTC',
  firmwareVersion: undefined,
  board: undefined,
  features: { mcp: false, aec: false },
};

let dataDir: string;
let root: Scope;
let store: Store;
let ledger: CostLedger;
let dialogues: Dialogues;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-compose-dialogues-'));
  root = new Scope('test', () => undefined);
  const config = configSchema.parse({
    llm: { services: { paid: { preset: 'openai' } }, service_keys: { paid: 'k' } },
    costs: { prices: { openai: { million_output_tokens: 1_000_000 } }, per_agent: 1 },
  });
  const live = new LiveConfig(config);
  const common = { clock: new FakeClock(), log: silentLogger, metrics: noMetrics };
  const http = { fetch };
  const foundation = { config, live, dataDir, root, http, common };
  store = await openStore({ dataDir });
  ledger = new CostLedger({ ...common, store: store.spending, settings: () => live.current.costs });
  dialogues = composeDialogues(foundation, {
    store,
    llm: createLanguageModel(live, { ...common, http }),
    mayPrepare: () => true,
    plugins: NO_PLUGINS,
    mcp: composeMcp(foundation, store),
    ledger,
    knowledge: {} as KnowledgeLibrary,
    people: {} as People,
  });
});
afterEach(async () => {
  await root.close();
  await store.close();
  await rm(dataDir, { recursive: true });
});

/** A turn of five tokens, answered by this agent. */
function turn({ id }: Agent): ReturnType<typeof turnRecord> {
  return turnRecord(1, {
    ...DEVICE,
    agentId: id,
    atWallMs: 2,
    utteranceAtWallMs: 1,
    outcome: 'answered',
    mode: 'auto',
    stagesMs: {},
    outputTokens: 5,
  });
}

it('after a change of the agent, tokens and budget count for the new agent and its service', async () => {
  const paid: Agent = { id: 'paid', name: 'Pirate', service: 'paid' };
  const free: Agent = { id: 'free', name: 'Teacher' };
  for (const agent of [free, paid, free, paid]) {
    dialogues.conversation(DEVICE, agent);
    dialogues.note('t', turn(agent));
  }
  const counted = { agentId: 'paid', provider: 'openai', unit: 'output_tokens', amount: 10 };
  expect(await ledger.recent(1)).toEqual([expect.objectContaining(counted)]);
  expect(ledger.refusal(DEVICE.deviceId, 'en')).toBeDefined();
  dialogues.conversation(DEVICE, free);
  expect(ledger.refusal(DEVICE.deviceId, 'en')).toBeUndefined();
});
