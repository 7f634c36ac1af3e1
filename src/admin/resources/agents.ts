import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AgentStore, DeviceStore } from '../../platform/store/index.js';
import type { Agent } from '../../records/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AgentChange, AgentView } from '../schemas.js';
import { noSuchDevice } from './devices.js';

export interface AgentRouteOptions {
  readonly agents: AgentStore;
  readonly devices: Pick<DeviceStore, 'list' | 'find' | 'assignAgent'>;
}

/** Who answers on which device. What is changed counts from the next connection of a device on. */
export function registerAgentRoutes(api: AdminApi, { agents, devices }: AgentRouteOptions): void {
  const view = async (...records: readonly Agent[]): Promise<AgentView[]> => {
    const all = await devices.list();
    return records.map((agent) => ({
      ...agent,
      devices: all.flatMap(({ deviceId, agentId }) => (agentId === agent.id ? [deviceId] : [])),
    }));
  };

  api.on(ADMIN_API.listAgents, async () => ({ agents: await view(...(await agents.agents())) }));
  api.on(ADMIN_API.setAgent, async ({ params: { id }, body }) => {
    const agent = await agents.changeAgent(id, (before) => ({ name: id, ...before, ...changed(body) }));
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

/** What is left out stays as it was; what is empty is absent afterwards. */
function changed(body: AgentChange): Partial<Agent> {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === '' || value === null ? undefined : value]),
  );
}

function noSuchAgent(id: string): ChorusError {
  return new ChorusError('admin.not_found', `there is no agent ${id}`, { details: { what: id } });
}
