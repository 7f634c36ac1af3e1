import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printAnswer } from '../terminal/json.js';
import { Option, type Command } from 'commander';
import { asChorusError, printable } from '../../core/index.js';
import type { DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import type { ExitCode } from '../exit-code.js';
import type { HistoryEntry } from '../../http/index.js';
import { adminClient, type AdminClient } from '../server/admin-client.js';
import { argumentWords } from '../words/arguments.js';
import { historyWords } from '../words/history.js';
import { queryOf, write, type WhichFlags } from './memory.js';

interface ExportFlags extends WhichFlags {
  readonly format: 'json' | 'md';
  readonly out?: string;
  readonly audio?: string;
}

interface ForgetFlags extends WhichFlags {
  readonly turn?: string;
}

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = historyWords[context.language];
  const args = argumentWords[context.language];
  group.addHelpText('after', help.after);
  const add = (name: string, about: string): Command =>
    configured(group, name, about)
      .option('--device <device>', args.onlyDevice)
      .option('--agent <id>', args.onlyAgent)
      .option('--person <name>', help.person);
  add('list', help.list).action(run(listHistory));
  add('export', help.export)
    .addOption(new Option('--format <format>', help.format).choices(['json', 'md']).default('md'))
    .option('--out <file>', args.out)
    .option('--audio <folder>', help.audioFolder)
    .action(run(exportHistory));
  add('forget', help.forget).option('--turn <id>', help.turn).option('--all', help.all).action(run(forgetHistory));
};

const LISTED = 20;

export async function listHistory(flags: WhichFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const page = (await pageOf(api, await queryOf(flags, api), undefined)).slice(0, LISTED).toReversed();
  return printAnswer(
    flags,
    context,
    page,
    page.length === 0 ? `${historyWords[context.language].none}\n` : asMarkdown(page, context),
  );
}

export async function exportHistory(flags: ExportFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const turns = await everything(flags, api);
  const text =
    flags.format === 'json' ? `${JSON.stringify(turns.map(withFiles), null, 2)}\n` : asMarkdown(turns, context);
  if (flags.audio !== undefined) await writeAudio(turns, flags.audio, api);
  return write(text, flags.out, context);
}

/** Only the owner may read the folder. Skips recordings that no longer exist. */
async function writeAudio(turns: readonly HistoryEntry[], folder: string, api: AdminClient): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { turn, side, file } of turns.flatMap(audioFiles)) {
    const path = `/history/${encodeURIComponent(turn)}/audio/${side}`;
    const audio = await api.call('GET', path).catch((error: unknown) => {
      if (asChorusError(error).code === 'admin.not_found') return undefined;
      throw error;
    });
    if (audio instanceof Uint8Array) await writeFile(join(folder, file), audio, { mode: 0o600 });
  }
}

function withFiles(turn: HistoryEntry): HistoryEntry {
  const { audio } = turn;
  return audio
    ? Object.assign({}, turn, { audio: { ...audio, files: audioFiles(turn).map(({ file }) => file) } })
    : turn;
}

function audioFiles({ atWallMs, audio }: HistoryEntry): readonly {
  readonly turn: string;
  readonly side: string;
  readonly file: string;
}[] {
  const at = new Date(atWallMs).toISOString().slice(0, 19).replaceAll(':', '-');
  return (audio?.sides ?? []).map((side) => ({
    turn: audio?.turn ?? '',
    side,
    file: `${at}_${audio?.turn ?? ''}_${side}.ogg`,
  }));
}

export async function forgetHistory(flags: ForgetFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const query = new URLSearchParams(await queryOf(flags, api));
  if (flags.turn !== undefined) query.set('turn', flags.turn);
  const answer = (await api.call('DELETE', `/history?${query.toString()}`)) as { readonly forgotten: number };
  return printAnswer(flags, context, answer, `${historyWords[context.language].forgotten(answer.forgotten)}\n`);
}

/** Oldest first. */
async function everything(flags: WhichFlags, api: AdminClient): Promise<readonly HistoryEntry[]> {
  const query = await queryOf(flags, api);
  const turns = new Map<string, HistoryEntry>();
  let before: number | undefined;
  for (;;) {
    const page = await pageOf(api, query, before);
    const last = page.at(-1);
    if (last === undefined) return [...turns.values()].toReversed();
    const fresh = page.filter(({ id }) => !turns.has(id));
    for (const turn of fresh) turns.set(turn.id, turn);
    // The next page may begin in the same millisecond, which is therefore asked for again.
    before = fresh.length === 0 ? last.atWallMs : last.atWallMs + 1;
  }
}

async function pageOf(api: AdminClient, query: string, before: number | undefined): Promise<readonly HistoryEntry[]> {
  const more = before === undefined ? '' : `${query === '' ? '?' : '&'}before=${before}`;
  return ((await api.call('GET', `/history${query}${more}`)) as { readonly turns: readonly HistoryEntry[] }).turns;
}

function asMarkdown(turns: readonly HistoryEntry[], { language }: CliContext): string {
  const words = historyWords[language];
  const lines: string[] = [];
  let heading = '';
  for (const turn of turns) {
    const at = new Date(turn.atWallMs).toISOString();
    const next = [at.slice(0, 10), turn.deviceId, ...(turn.agentId === undefined ? [] : [turn.agentId])].join(' · ');
    if (next !== heading) lines.push(...(lines.length > 0 ? [''] : []), `## ${next}`, '');
    heading = next;
    lines.push(`**${at.slice(11, 19)} ${words.user}** ${oneLine(turn.userText) ?? words.notKept}  `);
    lines.push(`**${words.assistant}** ${oneLine(turn.answerText) ?? words.outcome(turn.outcome, turn.code)}  `);
    if (turn.toolsUsed !== undefined && turn.toolsUsed.length > 0)
      lines.push(`_${words.tools}: ${turn.toolsUsed.join(', ')}_  `);
    if (turn.sources !== undefined && turn.sources.length > 0)
      lines.push(`_${words.sources}: ${turn.sources.map(oneLine).join('; ')}_  `);
    const files = audioFiles(turn).map(({ file }) => file);
    if (files.length > 0) lines.push(`_${words.audio}: ${files.join(', ')}_  `);
  }
  return `${lines.join('\n')}\n`;
}

/** Escapes Markdown, because what people and models say is plain text. */
function oneLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : printable(text.replaceAll(/\s+/g, ' ')).replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}
