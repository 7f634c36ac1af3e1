import { z } from 'zod';

/** Who answers on some devices in place of what the configuration says. What is not set is as the configuration says. */
export const agentView = z.object({
  id: z.string(),
  name: z.string(),
  prompt: z.string().optional().meta({ description: 'Who the assistant is, in place of llm.prompt.' }),
  voice: z.string().optional().meta({ description: "By the voice provider's own name, in place of tts.voice." }),
  language: z
    .string()
    .optional()
    .meta({ description: 'How it is talked to, whatever its devices are set to (BCP 47).' }),
  model: z.string().optional().meta({ description: 'A model of the configured service, in place of llm.model.' }),
  devices: z.array(z.string()).meta({ description: 'On which it answers.' }),
});
export type AgentView = z.output<typeof agentView>;

const emptyIsNot = { description: 'Empty: as the configuration says. Left out: as it was.' };
export const setAgentRequest = z.strictObject({
  name: z.string().trim().min(1).max(64).optional().meta({ description: 'Left out: as it was, for a new one its id.' }),
  prompt: z.string().max(20_000).optional().meta(emptyIsNot),
  voice: z.string().trim().max(128).optional().meta(emptyIsNot),
  language: z
    .string()
    .regex(/^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$/)
    .optional()
    .meta(emptyIsNot),
  model: z.string().trim().max(128).optional().meta(emptyIsNot),
});

export const chooseAgentRequest = z.strictObject({
  agent: z.string().max(128).meta({ description: 'Its id; empty: the configuration says again who answers.' }),
});
export const agentsAnswer = z.object({ agents: z.array(agentView) });
export const agentAnswer = z.object({ agent: agentView });
