import { randomUUID } from 'node:crypto';
import type { AdoptedDevice, AgentStore, DeviceStore, MemoryStore, PeopleStore } from '../platform/store/index.js';
import type { ImportPlan } from './plan.js';
import { keepMovedOver, type MovedOver, type SecretKeeper } from './record.js';

export interface ImportStore extends SecretKeeper {
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  readonly agents: Pick<AgentStore, 'changeAgent'>;
  readonly people: Pick<PeopleStore, 'people' | 'keep'>;
  readonly memories: Pick<MemoryStore, 'memories' | 'keep'>;
  find: DeviceStore['find'];
}

export interface CarriedOut {
  readonly devices: { readonly added: number; readonly known: number };
  readonly agents: { readonly added: number; readonly known: number };
  /** `left` counts people who were left out because the database is full. */
  readonly people: { readonly added: number; readonly known: number; readonly left: number };
  /** `unknown` counts memories of devices that are not known yet. */
  readonly memories: { readonly added: number; readonly known: number; readonly unknown: number };
  readonly record: MovedOver;
}

/** Keeps existing entries, so a repeated import preserves later edits. */
export async function carryOut(plan: ImportPlan, store: ImportStore, wallMs: number): Promise<CarriedOut> {
  let newAgents = 0;
  for (const agent of plan.agents) {
    await store.agents.changeAgent(agent.id, (before) => {
      if (!before) newAgents++;
      return before ?? agent;
    });
  }
  const added = await store.adopt(plan.devices, wallMs);
  const people = await keepPeople(plan, store.people, wallMs);
  const memories = await keepMemories(plan, store, wallMs);
  const record = await keepMovedOver(store, plan.access, { listed: plan.listed, checked: plan.access.checked }, wallMs);
  return {
    devices: { added, known: plan.devices.length - added },
    agents: { added: newAgents, known: plan.agents.length - newAgents },
    people,
    memories,
    record,
  };
}

async function keepPeople(
  { people }: ImportPlan,
  store: ImportStore['people'],
  createdMs: number,
): Promise<CarriedOut['people']> {
  const before = new Set((await store.people()).map(({ id }) => id));
  let added = 0;
  for (const { id, name } of people) if (!before.has(id) && (await store.keep({ id, name, createdMs }))) added += 1;
  const known = people.filter(({ id }) => before.has(id)).length;
  return { added, known, left: people.length - known - added };
}

/** Keeps a stored summary, because it may be newer. */
async function keepMemories(
  { memories }: ImportPlan,
  store: Pick<ImportStore, 'memories' | 'find'>,
  createdMs: number,
): Promise<CarriedOut['memories']> {
  const counts = { added: 0, known: 0, unknown: 0 };
  for (const { deviceId, agentId, text } of memories) {
    if (!(await store.find(deviceId))) counts.unknown += 1;
    else if ((await store.memories.memories({ deviceId, agentId })).some(({ kind }) => kind === 'summary'))
      counts.known += 1;
    else {
      const about = { subject: 'person', name: undefined, keywords: [], sourceTurn: undefined } as const;
      const id = randomUUID();
      await store.memories.keep([{ id, deviceId, agentId, kind: 'summary', ...about, text, createdMs, replaces: [] }]);
      counts.added += 1;
    }
  }
  return counts;
}
