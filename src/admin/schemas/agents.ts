import { z } from 'zod';
import { AGENT_FIELDS, shapeOf, type Agent } from '../../records/index.js';

/** Who answers on some devices in place of what the configuration says. What is absent is as the configuration says. */
export const agentView = z.object({
  id: z.string(),
  ...shapeOf(AGENT_FIELDS),
  devices: z.array(z.string()).meta({ description: 'Devices on which it answers.' }),
});
export type AgentView = z.output<typeof agentView>;

/** What is set of an agent. */
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
});
export const agentsAnswer = z.object({ agents: z.array(agentView) });
export const agentAnswer = z.object({ agent: agentView });
