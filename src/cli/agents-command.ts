import { translatedError } from '../core/index.js';
import { readFile } from 'node:fs/promises';
import type { AgentView } from '../http/index.js';
import { adminClient } from './admin-client.js';
import type { CliContext, ConfigFlags } from './context.js';
import { findDevice } from './device-name.js';
import { allDevices } from './devices-command.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { agentWords } from './messages/agents.js';
import { table } from './table.js';

export interface AgentsFlags extends ConfigFlags {
  readonly json?: boolean;
}

export interface SetAgentFlags extends AgentsFlags {
  readonly name?: string;
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly voice?: string;
  readonly language?: string;
  readonly model?: string;
}

/** Of a prompt in the table. */
const PROMPT_CHARS = 40;

/** `chorus agents list`. */
export async function listAgents(flags: AgentsFlags, context: CliContext): Promise<ExitCode> {
  const { columns: c, none } = agentWords[context.language];
  const { agents } = (await (await adminClient(flags, context)).call('GET', '/agents')) as {
    readonly agents: readonly AgentView[];
  };
  const rows = agents.map(({ id, name, language, voice, model, prompt, devices }) => [
    id,
    name,
    language ?? '',
    voice ?? '',
    model ?? '',
    beginning(prompt ?? ''),
    String(devices.length),
  ]);
  const text =
    agents.length === 0
      ? `${none}\n`
      : table([c.id, c.name, c.language, c.voice, c.model, c.prompt, c.devices], rows, (cell, row) =>
          row < 0 ? context.colours.dim(cell) : cell,
        );
  return say(flags, context, agents, text);
}

/** `chorus agents set ID`. */
export async function setAgent(id: string, flags: SetAgentFlags, context: CliContext): Promise<ExitCode> {
  const { name, voice, language, model } = flags;
  const prompt = flags.promptFile === undefined ? flags.prompt : await textOf(flags.promptFile, context);
  const api = await adminClient(flags, context);
  const { agent } = (await api.call('POST', `/agents/${encodeURIComponent(id)}`, {
    name,
    prompt,
    voice,
    language,
    model,
  })) as { readonly agent: AgentView };
  return say(flags, context, agent, `${agentWords[context.language].kept(agent.name, agent.devices.length)}\n`);
}

/** `chorus agents rm ID`. */
export async function removeAgent(id: string, flags: AgentsFlags, context: CliContext): Promise<ExitCode> {
  await (await adminClient(flags, context)).call('DELETE', `/agents/${encodeURIComponent(id)}`);
  return say(flags, context, { removed: id }, `${agentWords[context.language].removed(id)}\n`);
}

/** `chorus agents assign DEVICE [ID]`. */
export async function assignAgent(
  device: string,
  id: string | undefined,
  flags: AgentsFlags,
  context: CliContext,
): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { deviceId, name } = findDevice(await allDevices(api), device);
  await api.call('POST', `/devices/${encodeURIComponent(deviceId)}/agent`, { agent: id ?? '' });
  return say(
    flags,
    context,
    { deviceId, agent: id },
    `${agentWords[context.language].assigned(name === undefined ? deviceId : `${name} (${deviceId})`, id)}\n`,
  );
}

async function textOf(file: string, { language }: CliContext): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw translatedError('config.unreadable', agentWords[language].unreadable(file), error);
  }
}

function beginning(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, ' ');
  return line.length > PROMPT_CHARS ? `${line.slice(0, PROMPT_CHARS)}…` : line;
}

function say({ json }: AgentsFlags, { out }: CliContext, answer: unknown, text: string): ExitCode {
  out(json ? `${JSON.stringify(answer, null, 2)}\n` : text);
  return EXIT.ok;
}
