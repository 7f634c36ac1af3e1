import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import { MAX_ROLES, type AgentStore, type DeviceStore } from '../../platform/store/index.js';
import { AGENT_EXAMPLES, AGENT_FIELD_LIST, AGENT_FIELDS, kindOf, shapeOf, type Agent } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { bilingual, deviceIdParameter, idParameter } from '../shapes.js';
import { noSuchDevice } from './devices.js';
import { resourceWords } from '../words/resources.js';

/** An assistant for some devices. The configured value applies to a missing field. */
export const agentView = z.object({
  id: z.string(),
  ...shapeOf(AGENT_FIELDS),
  devices: z.array(z.string()).meta({ description: 'Devices on which it answers.' }),
});
export type AgentView = z.output<typeof agentView>;

export type AgentChange = { readonly [K in keyof Omit<Agent, 'id'>]?: Agent[K] | '' | null };

export const setAgentRequest = z.strictObject(
  Object.fromEntries(
    Object.entries(AGENT_FIELDS).map(([name, { schema, words }]) => [
      name,
      schema.safeParse(undefined).success
        ? z
            .union([z.literal(''), z.null(), schema])
            .optional()
            .meta({ description: `${words.en}. Empty: as the configuration says. Left out: as it was.` })
        : schema.optional().meta({ description: `${words.en}. Left out: as it was, and the id for a new one.` }),
    ]),
  ),
) as unknown as z.ZodType<AgentChange>;

export const chooseAgentRequest = z.strictObject({
  agent: z.string().max(128).meta({ description: 'Its id; empty: the configuration says again who answers.' }),
  roles: z.array(z.string().max(128)).max(MAX_ROLES).optional().meta({
    description:
      'Ids of those that it may change to by voice; an empty id: the configured assistant. Left out: as it was.',
  }),
});
/** Describes one field of an agent, so that the page can make a form. */
export const agentFieldView = z.object({
  name: z.string(),
  kind: z.enum(['text', 'number', 'flag', 'list', 'other']),
  choices: z.array(z.string()).optional(),
  maxChars: z.number().optional(),
  title: bilingual,
  about: bilingual,
});
export type AgentFieldView = z.output<typeof agentFieldView>;
export const agentFieldsAnswer = z.object({ fields: z.array(agentFieldView) });
export const addAgentExamplesRequest = z.strictObject({
  language: z.enum(['en', 'zh']).meta({ description: 'Of their words.' }),
});
export const agentsAnswer = z.object({ agents: z.array(agentView) });
export const agentAnswer = z.object({ agent: agentView });

export const agentRoutes = {
  listAgents: {
    method: 'GET',
    path: '/agents',
    summary: 'Agents that answer in place of the persona in the configuration.',
    answer: agentsAnswer,
  },
  listAgentFields: {
    method: 'GET',
    path: '/agents/fields',
    summary: 'Fields of an agent, for a form.',
    answer: agentFieldsAnswer,
  },
  addAgentExamples: {
    method: 'POST',
    path: '/agents/examples',
    summary: 'Adds the ready-made agents that are not there yet. Some of them remember what they are told.',
    body: addAgentExamplesRequest,
    answer: agentsAnswer,
  },
  setAgent: {
    method: 'POST',
    path: '/agents/:id',
    summary: 'Adds one, or changes what is named of it; counts from the next connection of its devices on.',
    params: idParameter,
    body: setAgentRequest,
    answer: agentAnswer,
  },
  removeAgent: {
    method: 'DELETE',
    path: '/agents/:id',
    summary: 'Removes one; on its devices the configuration says again who answers.',
    params: idParameter,
  },
  chooseAgent: {
    method: 'POST',
    path: '/devices/:id/agent',
    summary: 'Says who answers on a device from its next connection on, and whom it may change to.',
    params: deviceIdParameter,
    body: chooseAgentRequest,
  },
} as const satisfies Routes;

export interface AgentRouteOptions {
  readonly agents: AgentStore;
  readonly devices: Pick<DeviceStore, 'list' | 'find' | 'assignAgent' | 'allowRoles'>;
  /** Called after an agent and its memories were removed from the database. */
  readonly onRemoved?: ((agentId: string) => void) | undefined;
}

/** A change takes effect when a device next connects. */
export function registerAgentRoutes(api: AdminApi, { agents, devices, onRemoved }: AgentRouteOptions): void {
  const view = async (...records: readonly Agent[]): Promise<AgentView[]> => {
    const all = await devices.list();
    return records.map((agent) => ({
      ...agent,
      devices: all.flatMap(({ deviceId, agentId }) => (agentId === agent.id ? [deviceId] : [])),
    }));
  };

  api.on(agentRoutes.listAgents, async () => ({ agents: await view(...(await agents.agents())) }));
  api.on(agentRoutes.listAgentFields, () => ({ fields: AGENT_FIELD_LIST.map(fieldView) }));
  api.on(agentRoutes.addAgentExamples, async ({ body: { language } }) => {
    const known = new Set((await agents.agents()).map(({ id }) => id));
    const added: Agent[] = [];
    for (const { id, ...example } of AGENT_EXAMPLES[language]) {
      if (known.has(id)) continue;
      // An agent that somebody added under this id meanwhile is kept.
      added.push(await agents.changeAgent(id, (before) => before ?? example));
    }
    return { agents: await view(...added) };
  });
  api.on(agentRoutes.setAgent, async ({ params: { id }, body }) => {
    const agent = await agents.changeAgent(id, (before) => ({ name: id, ...before, ...changed(body) }));
    const [shown] = await view(agent);
    if (!shown) throw new ChorusError('internal', 'an agent that was kept is not shown');
    return { agent: shown };
  });
  api.on(agentRoutes.removeAgent, async ({ params: { id } }) => {
    if (!(await agents.removeAgent(id))) throw noSuchAgent(id);
    onRemoved?.(id);
  });
  api.on(agentRoutes.chooseAgent, async ({ params: { id }, body: { agent, roles } }) => {
    const deviceId = parseDeviceId(id);
    if (deviceId === undefined || !(await devices.find(deviceId))) throw noSuchDevice(id);
    if (agent !== '' && !(await agents.agent(agent))) throw noSuchAgent(agent);
    for (const role of roles ?? []) if (role !== '' && !(await agents.agent(role))) throw noSuchAgent(role);
    await devices.assignAgent(deviceId, agent === '' ? undefined : agent);
    if (roles !== undefined)
      await devices.allowRoles(
        deviceId,
        roles.filter((role) => role !== agent),
      );
  });
}

function fieldView([name, field]: (typeof AGENT_FIELD_LIST)[number]): AgentFieldView {
  const shape = z.toJSONSchema(field.schema) as { readonly enum?: string[]; readonly maxLength?: number };
  const { enum: choices, maxLength: maxChars } = shape;
  return {
    name,
    kind: kindOf(field),
    title: { ...field.title },
    about: { ...field.words },
    ...(choices !== undefined && { choices }),
    ...(maxChars !== undefined && { maxChars }),
  };
}

/** A missing field keeps its value. An empty field is removed. */
function changed(body: AgentChange): Partial<Agent> {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === '' || value === null ? undefined : value]),
  );
}

export function noSuchAgent(id: string): ChorusError {
  return new ChorusError('admin.not_found', resourceWords.noAgent(id), {
    details: { what: id },
    remedy: resourceWords.seeAgents,
  });
}
