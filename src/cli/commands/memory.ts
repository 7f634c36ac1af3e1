import { printAnswer } from '../terminal/json.js';
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import type { DefineCommand } from '../command.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { MemoryView } from '../../http/index.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { findDevice } from '../server/device-name.js';
import { table } from '../terminal/table.js';
import { argumentWords } from '../words/arguments.js';
import { memoryWords } from '../words/memory.js';
import { allDevices } from './devices.js';

/** These flags select memories or turns. If several flags are given, all of them must match. */
export interface WhichFlags extends JsonFlags {
  readonly device?: string;
  readonly agent?: string;
  readonly person?: string;
  readonly all?: boolean;
}

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = memoryWords[context.language];
  const args = argumentWords[context.language];
  group.addHelpText('after', help.after);
  const add = (name: string, about: string): Command =>
    configured(group, name, about)
      .option('--device <device>', args.onlyDevice)
      .option('--agent <id>', args.onlyAgent)
      .option('--person <name>', help.person);
  add('list', help.list).option('--past', help.past).action(run(listMemories));
  add('forget', help.forget).argument('[id]', args.id).option('--all', help.all).action(run(forgetMemories));
  add('export', help.export).option('--out <file>', args.out).action(run(exportMemories));
  configured(group, 'edit', help.edit)
    .argument('<id>', args.id)
    .argument('<text>', help.text, nonEmpty)
    .action(run(editMemory));
};

const nonEmpty = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('');
  return text.trim();
};

const CELL_CHARS = 80;

export async function listMemories(
  flags: WhichFlags & { readonly past?: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const { columns, none, anybody } = memoryWords[context.language];
  const found = await memoriesOf(flags, await adminClient(flags, context));
  const memories = flags.past === true ? found : found.filter(({ replacedBy }) => replacedBy === undefined);
  const rows = memories.map(({ id, deviceId, agentId, name, text, createdMs }) => [
    id.slice(0, 8),
    new Date(createdMs).toISOString().slice(0, 10),
    deviceId,
    agentId,
    name ?? anybody,
    text.length > CELL_CHARS ? `${text.slice(0, CELL_CHARS)}…` : text,
  ]);
  const text =
    memories.length === 0
      ? `${none}\n`
      : table(
          [columns.id, columns.day, columns.device, columns.agent, columns.about, columns.text],
          rows,
          (cell, row) => (row < 0 ? context.colours.dim(cell) : cell),
        );
  return printAnswer(flags, context, memories, text);
}

export async function forgetMemories(
  id: string | undefined,
  flags: WhichFlags,
  context: CliContext,
): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const { forgotten } = memoryWords[context.language];
  if (id !== undefined) {
    await api.call('DELETE', `/memories/${encodeURIComponent(await wholeId(id, api))}`);
    return printAnswer(flags, context, { forgotten: 1 }, `${forgotten(1)}\n`);
  }
  const answer = (await api.call('DELETE', `/memories${await queryOf(flags, api)}`)) as { readonly forgotten: number };
  return printAnswer(flags, context, answer, `${forgotten(answer.forgotten)}\n`);
}

export async function editMemory(id: string, text: string, flags: WhichFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const answer = await api.call('PATCH', `/memories/${encodeURIComponent(await wholeId(id, api))}`, { text });
  return printAnswer(flags, context, answer, `${memoryWords[context.language].edited}\n`);
}

export async function exportMemories(
  flags: WhichFlags & { readonly out?: string },
  context: CliContext,
): Promise<ExitCode> {
  const memories = await memoriesOf(flags, await adminClient(flags, context));
  return write(`${JSON.stringify(memories, null, 2)}\n`, flags.out, context);
}

/** Only the owner may read the file. Writes to standard output if `file` is undefined. */
export async function write(text: string, file: string | undefined, { out }: CliContext): Promise<ExitCode> {
  if (file === undefined) out(text);
  else await writeFile(file, text, { mode: 0o600 });
  return EXIT.ok;
}

async function memoriesOf(flags: WhichFlags, api: AdminClient): Promise<readonly MemoryView[]> {
  const answer = await api.call('GET', `/memories${await queryOf({ ...flags, all: false }, api)}`);
  return (answer as { readonly memories: readonly MemoryView[] }).memories;
}

/** Completes an id of which only the beginning was typed. The server refuses an unknown id. */
async function wholeId(beginning: string, api: AdminClient): Promise<string> {
  const { memories } = (await api.call('GET', '/memories')) as { readonly memories: readonly MemoryView[] };
  const found = memories.filter(({ id }) => id.startsWith(beginning));
  return (found.length === 1 ? found[0]?.id : undefined) ?? beginning;
}

/** A device may be given by its name or by a part of its address. */
export async function queryOf({ device, agent, person, all }: WhichFlags, api: AdminClient): Promise<string> {
  const query = new URLSearchParams({
    ...(device !== undefined && { device: findDevice(await allDevices(api), device).deviceId }),
    ...(agent !== undefined && { agent }),
    ...(person !== undefined && { person }),
    ...(all === true && { all: 'true' }),
  });
  return query.size === 0 ? '' : `?${query.toString()}`;
}
