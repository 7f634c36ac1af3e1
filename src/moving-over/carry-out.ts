import type { AdoptedDevice, AgentStore } from '../platform/store/index.js';
import type { ImportPlan } from './plan.js';
import { keepMovedOver, type MovedOver, type SecretKeeper } from './record.js';

/** The parts of the database that moving over writes to. */
export interface ImportStore extends SecretKeeper {
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  readonly agents: Pick<AgentStore, 'changeAgent'>;
}

export interface CarriedOut {
  readonly devices: { readonly added: number; readonly known: number };
  readonly agents: { readonly added: number; readonly known: number };
  readonly record: MovedOver;
}

/**
 * Writes devices, agents and device credentials into the database. Existing ones are kept, so a repeated import changes
 * nothing and undoes no later edits.
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
  const record = await keepMovedOver(store, plan.access, { listed: plan.listed, checked: plan.access.checked }, wallMs);
  return {
    devices: { added, known: plan.devices.length - added },
    agents: { added: newAgents, known: plan.agents.length - newAgents },
    record,
  };
}
