import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AgentRecord, AgentStore, DeviceStore } from '../../platform/store/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AgentView } from '../schemas.js';
import { noSuchDevice } from './devices.js';

export interface AgentRouteOptions {
  readonly agents: AgentStore;
  readonly devices: Pick<DeviceStore, 'list' | 'find' | 'assignAgent'>;
}

/** Who answers on which device. What is changed counts from the next connection of a device on. */
export function registerAgentRoutes(api: AdminApi, { agents, devices }: AgentRouteOptions): void {
  const view = async (...records: readonly AgentRecord[]): Promise<AgentView[]> => {
    const all = await devices.list();
    return records.map(({ llm: model, ...agent }) => ({
      ...agent,
      model,
      devices: all.flatMap(({ deviceId, agentId }) => (agentId === agent.id ? [deviceId] : [])),
    }));
  };

  api.on(ADMIN_API.listAgents, async () => ({ agents: await view(...(await agents.agents())) }));
  api.on(ADMIN_API.setAgent, async ({ params: { id }, body }) => {
    const agent = await agents.changeAgent(id, (before) => ({
      name: body.name ?? before?.name ?? id,
      prompt: either(body.prompt, before?.prompt),
      voice: either(body.voice, before?.voice),
      language: either(body.language, before?.language),
      llm: either(body.model, before?.llm),
    }));
    const [shown] = await view(agent);
    if (!shown) throw new ChorusError('internal', 'an agent that was kept is not shown');
    return { agent: shown };
  });
  api.on(ADMIN_API.removeAgent, async ({ params: { id } }) => {
    if (!(await agents.removeAgent(id))) throw noSuchAgent(id);
  });
  api.on(ADMIN_API.chooseAgent, async ({ params: { id }, body: { agent } }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await devices.find(deviceId))) throw noSuchDevice(id);
    if (agent !== '' && !(await agents.agent(agent))) throw noSuchAgent(agent);
    await devices.assignAgent(deviceId, agent === '' ? undefined : agent);
  });
}

/** Empty: none. */
function either(next: string | undefined, old: string | undefined): string | undefined {
  return next === '' ? undefined : (next ?? old);
}

function noSuchAgent(id: string): ChorusError {
  return new ChorusError('admin.not_found', `there is no agent ${id}`, { details: { what: id } });
}
