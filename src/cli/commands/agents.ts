import { printAnswer } from '../terminal/json.js';
import { confirm, isCancel } from '@clack/prompts';
import { Argument, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { printable } from '../../core/index.js';
import { readFile } from 'node:fs/promises';
import type { AgentView } from '../../http/index.js';
import { AGENT_FIELD_LIST, kindOf, type AgentFieldName, type Field } from '../../records/index.js';
import { adminClient } from '../server/admin-client.js';
import type { CliContext, JsonFlags } from '../context.js';
import { findDevice, matchingDevices } from '../server/device-name.js';
import { allDevices, calledOf } from './devices.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { unreadableFile } from '../unreadable-file.js';
import { argumentWords } from '../words/arguments.js';
import { agentWords } from '../words/agents.js';
import { table } from '../terminal/table.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = agentWords[context.language];
  group.addHelpText('after', help.after);
  const add = (name: string, about: string): Command => configured(group, name, about);
  add('list', help.listAll).action(run(listAgents));
  const set = add('set', help.set).argument('<id>', help.id);
  for (const [name, field] of AGENT_FIELD_LIST) {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const about = field.words[context.language] + (kindOf(field) === 'list' ? help.list : '');
    set.option(`--${flag} <${kindOf(field)}>`, about);
  }
  set.option('--prompt-file <file>', help.promptFile).action(run(setAgent));
  add('examples', help.examples).action(run(addExamples));
  add('assign', help.assign)
    .addArgument(new Argument('[device]', argumentWords[context.language].device))
    .addArgument(new Argument('[id]', help.id))
    .option('--roles <ids>', help.roles)
    .option('--all', help.all)
    .option('--match <pattern>', help.match)
    .option('--yes', help.yes)
    .action(run(assignAgent));
  add('rm', help.rm).argument('<id>', help.id).action(run(removeAgent));
};

/** One flag for each field of an agent. The value of every flag is text. */
type SetAgentFlags = JsonFlags & Readonly<Partial<Record<AgentFieldName, string>>> & { readonly promptFile?: string };

const CELL_CHARS = 40;

export async function listAgents(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { columns, none } = agentWords[context.language];
  const { agents } = (await (await adminClient(flags, context)).call('GET', '/agents')) as {
    readonly agents: readonly AgentView[];
  };
  const headings = AGENT_FIELD_LIST.map(([, { title }]) => title[context.language].toUpperCase());
  const rows = agents.map((agent) => [
    agent.id,
    ...AGENT_FIELD_LIST.map(([name]) => shown(agent[name])),
    String(agent.devices.length),
  ]);
  const text =
    agents.length === 0
      ? `${none}\n`
      : table([columns.id, ...headings, columns.devices], rows, (cell, row) =>
          row < 0 ? context.colours.dim(cell) : cell,
        );
  return printAnswer(flags, context, agents, text);
}

export async function setAgent(id: string, flags: SetAgentFlags, context: CliContext): Promise<ExitCode> {
  const given = flags.promptFile === undefined ? flags : { ...flags, prompt: await textOf(flags.promptFile, context) };
  const change = Object.fromEntries(
    AGENT_FIELD_LIST.flatMap(([name, field]) => {
      const text = given[name];
      return text === undefined ? [] : [[name, valueOf(field, text)]];
    }),
  );
  const api = await adminClient(flags, context);
  const { agent } = (await api.call('POST', `/agents/${encodeURIComponent(id)}`, change)) as {
    readonly agent: AgentView;
  };
  return printAnswer(flags, context, agent, `${agentWords[context.language].kept(agent.name, agent.devices.length)}\n`);
}

/** `none` means no other agent, and `default` means the configured assistant. */
function rolesOf(text: string): readonly string[] {
  const ids = listOf(text);
  return ids.map((id) => (id === 'default' ? '' : id));
}

/** Leaves an unsuitable value as text, because the server refuses it and says why. */
function valueOf(field: Field, text: string): unknown {
  if (text === '') return '';
  const kind = kindOf(field);
  if (kind === 'list') return listOf(text);
  const number = Number(text);
  return kind === 'number' && Number.isFinite(number) ? number : text;
}

function listOf(text: string): readonly string[] {
  if (text === 'none') return [];
  return text
    .split(/[,，、]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export async function addExamples(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { agents } = (await api.call('POST', '/agents/examples', { language: context.language })) as {
    readonly agents: readonly AgentView[];
  };
  return printAnswer(flags, context, agents, `${agentWords[context.language].added(agents.map(({ id }) => id))}\n`);
}

export async function removeAgent(id: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  await (await adminClient(flags, context)).call('DELETE', `/agents/${encodeURIComponent(id)}`);
  return printAnswer(flags, context, { removed: id }, `${agentWords[context.language].removed(id)}\n`);
}

interface AssignFlags extends JsonFlags {
  readonly roles?: string;
  readonly all?: boolean;
  readonly match?: string;
  readonly yes?: boolean;
}

/** Takes DEVICE and optionally an agent's ID. With `--all` or `--match`, takes only the ID. */
export async function assignAgent(
  first: string | undefined,
  second: string | undefined,
  flags: AssignFlags,
  context: CliContext,
): Promise<ExitCode> {
  const words = agentWords[context.language];
  const several = flags.all === true ? '*' : flags.match;
  if (several === undefined ? first === undefined : second !== undefined) {
    context.err(`${words.assignWhat}\n`);
    return EXIT.usage;
  }
  const id = several === undefined ? second : first;
  const api = await adminClient(flags, context);
  const roles = flags.roles === undefined ? undefined : rolesOf(flags.roles);
  const all = await allDevices(api);
  const devices = several === undefined ? [findDevice(all, first ?? '')] : matchingDevices(all, several);
  const refused = several === undefined ? undefined : await refusal(devices.map(calledOf), id, flags, context);
  if (refused !== undefined) return refused;
  for (const { deviceId } of devices)
    await api.call('POST', `/devices/${encodeURIComponent(deviceId)}/agent`, { agent: id ?? '', roles });
  const [device] = devices;
  const called = several === undefined && device ? calledOf(device) : words.several(devices.length);
  const answer = devices.map(({ deviceId }) => ({ deviceId, agent: id, roles }));
  return printAnswer(flags, context, several === undefined ? answer[0] : answer, `${words.assigned(called, id)}\n`);
}

/** Asks a person at the terminal to confirm. A script must pass `--yes`. */
async function refusal(
  devices: readonly string[],
  id: string | undefined,
  { yes: agreed }: AssignFlags,
  { language, words: { yes: active, no: inactive }, terminal, err }: CliContext,
): Promise<ExitCode | undefined> {
  if (agreed === true) return undefined;
  const words = agentWords[language];
  err(`${devices.map(printable).join('\n')}\n`);
  if (!terminal || !process.stdin.isTTY) {
    err(`${words.sayYes}\n`);
    return EXIT.usage;
  }
  const answer = await confirm({ message: words.askSeveral(devices.length, id), active, inactive });
  return isCancel(answer) || !answer ? EXIT.interrupted : undefined;
}

async function textOf(file: string, context: CliContext): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw unreadableFile(file, context, error);
  }
}

function shown(value: string | number | readonly string[] | undefined): string {
  const text = typeof value === 'object' ? value.join(', ') || 'none' : String(value ?? '');
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > CELL_CHARS ? `${line.slice(0, CELL_CHARS)}…` : line;
}
