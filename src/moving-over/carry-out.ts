import type { AdoptedDevice, AgentStore, PeopleStore } from '../platform/store/index.js';
import type { ImportPlan } from './plan.js';
import { keepMovedOver, type MovedOver, type SecretKeeper } from './record.js';

/** The parts of the database that moving over writes to. */
export interface ImportStore extends SecretKeeper {
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  readonly agents: Pick<AgentStore, 'changeAgent'>;
  readonly people: Pick<PeopleStore, 'people' | 'keep'>;
}

export interface CarriedOut {
  readonly devices: { readonly added: number; readonly known: number };
  readonly agents: { readonly added: number; readonly known: number };
  /** `left`: there are too many people already. */
  readonly people: { readonly added: number; readonly known: number; readonly left: number };
  readonly record: MovedOver;
}

/**
 * Writes devices, agents, people and device credentials into the database. Existing ones are kept, so a repeated import
 * changes nothing and undoes no later edits.
 */
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
  const record = await keepMovedOver(store, plan.access, { listed: plan.listed, checked: plan.access.checked }, wallMs);
  return {
    devices: { added, known: plan.devices.length - added },
    agents: { added: newAgents, known: plan.agents.length - newAgents },
    people,
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
