import { Argument } from 'commander';
import type { DefineCommand } from '../command.js';
import { resolve } from 'node:path';
import { z } from 'zod';
import { databasePlace } from '../../config/index.js';
import {
  offlineParts,
  isUpkeepTask,
  readRecords,
  taskWords,
  Upkeep,
  UPKEEP_TASKS,
  upkeepTasks,
  type StoreUpkeep,
  type TaskRecord,
  type UpkeepTaskName,
} from '../../maintenance/upkeep/index.js';
import { alignedRows, displayWidth, silentLogger, sleep, translatedError } from '../../core/index.js';
import { checkStore, claimDataFolder, openStore, type DatabasePlace, type Store } from '../../platform/store/index.js';
import { findAdminClient, type AdminClient } from '../server/admin-client.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand } from '../configuration/load.js';
import { upkeepWords } from '../words/upkeep.js';
import { asJson } from '../terminal/json.js';

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = upkeepWords[context.language];
  withConfig(command)
    .addArgument(new Argument('[tasks...]', help.tasks))
    .option('--dry-run', help.dryRun)
    .option('--status', help.status)
    .option('--json', context.words.help.json)
    .action(run(runUpkeep));
};

interface UpkeepFlags extends JsonFlags {
  readonly dryRun?: boolean;
  readonly status?: boolean;
}

const answerSchema = z.object({
  running: z.boolean(),
  tasks: z.array(
    z.object({
      name: z.enum(UPKEEP_TASKS),
      lastAtMs: z.number().optional(),
      nextAtMs: z.number().optional(),
      outcome: z.enum(['done', 'attention', 'skipped', 'failed']).optional(),
      code: z.string().optional(),
      tookMs: z.number().optional(),
      summary: z.string().optional(),
    }),
  ),
});
type Answer = z.output<typeof answerSchema>;
type Line = Answer['tasks'][number];

const LOOK_EVERY_MS = 500;
const NEEDS_SERVER: ReadonlySet<UpkeepTaskName> = new Set(['memory', 'performance']);
const NAME_COLUMNS = Math.max(...UPKEEP_TASKS.map((name) => name.length));

/** The running server does the tasks. If none runs, or for a dry run, this process does them. */
export async function runUpkeep(names: readonly string[], flags: UpkeepFlags, context: CliContext): Promise<ExitCode> {
  const words = upkeepWords[context.language].upkeep;
  const tasks = names.map((name) => {
    const known = name.replaceAll('-', '_');
    if (!isUpkeepTask(known))
      throw translatedError('upkeep.unknown_task', words.unknown(name, UPKEEP_TASKS.join(', ')));
    return known;
  });
  const wanted = tasks.length === 0 ? UPKEEP_TASKS : tasks;
  const api = await findAdminClient(flags.data, context);
  if (flags.status) return status(api, flags, context);
  const lines =
    api && flags.dryRun !== true
      ? await inServer(api, wanted, flags, context)
      : await here(wanted, flags, context, api !== undefined);
  if (flags.json) context.out(asJson(lines));
  if (context.interrupted.aborted) return EXIT.interrupted;
  return lines.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.ok;
}

async function status(api: AdminClient | undefined, flags: UpkeepFlags, context: CliContext): Promise<ExitCode> {
  const words = upkeepWords[context.language].upkeep;
  const answer = api
    ? await ask(api, 'GET', context)
    : { running: false, tasks: known(await readRecords(resolve(flags.data)), context) };
  if (flags.json) {
    context.out(asJson(answer));
    return EXIT.ok;
  }
  if (answer.running) context.err(`${words.running}\n`);
  for (const line of answer.tasks) show(line, context);
  const next = Math.min(...answer.tasks.map(({ nextAtMs }) => nextAtMs ?? Infinity));
  if (next !== Infinity) context.out(`${words.next(localTime(next, context))}\n`);
  return EXIT.ok;
}

async function inServer(
  api: AdminClient,
  wanted: readonly UpkeepTaskName[],
  flags: UpkeepFlags,
  context: CliContext,
): Promise<readonly Line[]> {
  const words = upkeepWords[context.language].upkeep;
  if (!flags.json) context.err(`${words.inServer}\n`);
  const before = new Map((await ask(api, 'GET', context)).tasks.map(({ name, lastAtMs }) => [name, lastAtMs]));
  let answer = await ask(api, 'POST', context, { tasks: wanted });
  const seen = new Map<UpkeepTaskName, Line>();
  for (;;) {
    for (const line of answer.tasks) {
      if (
        !wanted.includes(line.name) ||
        seen.has(line.name) ||
        line.lastAtMs === undefined ||
        line.lastAtMs === before.get(line.name)
      )
        continue;
      seen.set(line.name, line);
      if (!flags.json) show(line, context);
    }
    if (!answer.running) return [...seen.values()];
    if (context.interrupted.aborted) {
      context.err(`${words.goesOn}\n`);
      return [...seen.values()];
    }
    await sleep(context.clock, LOOK_EVERY_MS, context.interrupted).catch(() => undefined);
    answer = await ask(api, 'GET', context);
  }
}

/** Only a dry run may take place while a server runs. Errors: `data.in_use`, `store.*`. */
async function here(
  wanted: readonly UpkeepTaskName[],
  flags: UpkeepFlags,
  context: CliContext,
  serverRuns: boolean,
): Promise<readonly Line[]> {
  const { config, file } = await loadForCommand(flags, context);
  const dataDir = resolve(flags.data);
  if (!serverRuns && !flags.json) context.err(`${upkeepWords[context.language].upkeep.here}\n`);
  const lines: Line[] = [];
  const onTask = (record: TaskRecord): void => {
    const own = lineOf(record, context);
    // This process cannot do the task, but the running server does.
    const line =
      serverRuns && NEEDS_SERVER.has(record.name)
        ? { ...own, summary: upkeepWords[context.language].upkeep.inServer }
        : own;
    lines.push(line);
    if (!flags.json) show(line, context);
  };
  const claim = serverRuns ? undefined : await claimDataFolder(dataDir);
  const store = new StoreOnDemand(databasePlace(config, dataDir));
  try {
    const parts = offlineParts(config, { dataDir, clock: context.clock, store, configFile: resolve(file) });
    const upkeep = new Upkeep({
      dataDir,
      tasks: upkeepTasks(parts),
      isIdle: () => true,
      clock: context.clock,
      log: silentLogger,
    });
    await upkeep.run({
      tasks: wanted,
      waitIdleMs: 0,
      dryRun: flags.dryRun === true,
      signal: context.interrupted,
      onTask,
    });
  } finally {
    await store.close();
    await claim?.release();
  }
  return lines;
}

/** Opens and upgrades the database only when a task needs to change it. A dry run changes nothing. */
class StoreOnDemand implements StoreUpkeep {
  #open: Promise<Store> | undefined;

  constructor(private readonly place: DatabasePlace) {}

  async check(signal: AbortSignal): Promise<readonly string[]> {
    return (await checkStore(this.place, signal)).problems;
  }

  async backup(keep: number, signal: AbortSignal): ReturnType<StoreUpkeep['backup']> {
    return (await this.#store()).upkeep.backup(keep, signal);
  }

  async pruneHistory(beforeMs: number, signal: AbortSignal, keepTurns: number): Promise<number> {
    return (await this.#store()).upkeep.pruneHistory(beforeMs, signal, keepTurns);
  }

  async pruneAudio(...[limits, signal]: Parameters<StoreUpkeep['pruneAudio']>): Promise<number> {
    return (await this.#store()).upkeep.pruneAudio(limits, signal);
  }

  async vacuum(signal: AbortSignal): ReturnType<StoreUpkeep['vacuum']> {
    return (await this.#store()).upkeep.vacuum(signal);
  }

  async close(): Promise<void> {
    const store = await this.#open?.catch(() => undefined); // The task has reported the failure to open it.
    await store?.close();
  }

  #store(): Promise<Store> {
    this.#open ??= openStore(this.place);
    return this.#open;
  }
}

async function ask(api: AdminClient, method: 'GET' | 'POST', context: CliContext, body?: unknown): Promise<Answer> {
  const answer = answerSchema.safeParse(await api.call(method, '/upkeep', body));
  if (!answer.success) throw translatedError('device.refused', upkeepWords[context.language].upkeep.unreadable);
  return answer.data;
}

function known(records: readonly TaskRecord[], context: CliContext): readonly Line[] {
  return UPKEEP_TASKS.map((name) => {
    const record = records.find((one) => one.name === name);
    return record ? lineOf(record, context) : { name };
  });
}

function lineOf({ name, startedAtMs, tookMs, outcome, code, said }: TaskRecord, { language }: CliContext): Line {
  return { name, lastAtMs: startedAtMs, tookMs, outcome, code, summary: said[language] };
}

function show({ name, lastAtMs, tookMs, outcome, code, summary }: Line, context: CliContext): void {
  const { language, colours, out } = context;
  const words = upkeepWords[language].upkeep;
  const titleColumns = Math.max(...UPKEEP_TASKS.map((one) => displayWidth(taskWords.titles[one][language])));
  const ran = outcome !== undefined && lastAtMs !== undefined;
  const cells = ran
    ? [words.outcome[outcome], words.at(localTime(lastAtMs, context), ((tookMs ?? 0) / 1000).toFixed(1))]
    : [words.never];
  const paints = { done: colours.green, attention: colours.yellow, skipped: colours.dim, failed: colours.red };
  const [row] = alignedRows([[name, taskWords.titles[name][language], ...cells]], {
    style: (text, _, column) => {
      if (column === 2) return ran ? paints[outcome](text) : text;
      return column === 0 ? text : colours.dim(text);
    },
    least: [NAME_COLUMNS, titleColumns],
  });
  out(`${row}\n`);
  if (ran) out(`  ${summary ?? ''}${code === undefined ? '' : ` [${code}]`}\n`);
}

function localTime(wallMs: number, { language }: CliContext): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(wallMs);
}
