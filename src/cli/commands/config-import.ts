import { translatedError, DAY_MS } from '../../core/index.js';
import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { databasePlace } from '../../config/index.js';
import {
  describeMistake,
  diffConfigs,
  editConfigText,
  FIELDS,
  loadConfig,
  parseSetFlag,
  readConfigFile,
  type KeyChange,
  type LoadedConfig,
} from '../../config/index.js';
import {
  carryOut,
  findOldFiles,
  MCP_FILE,
  planImport,
  readOldSettings,
  type CarriedOut,
  type ImportPlan,
  type ImportReport,
} from '../../moving-over/index.js';
import { mcpFiles } from '../../conversation/tools/index.js';
import { openStore } from '../../platform/store/index.js';
import { outcomeForScripts, putIntoForce, tellOutcome, type ApplyFlags } from './config-apply.js';
import { configPlace, loadCandidate, type ConfigPlace } from '../configuration/place.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { importReportMarkdown, importReportText } from '../views/import-report.js';
import { configurationWords } from '../words/configuration.js';
import { movingOverWords } from '../words/moving-over.js';
import { asJson } from '../terminal/json.js';

interface ImportFlags extends ApplyFlags {
  readonly dryRun?: boolean;
  readonly report?: string;
}

/** Errors: `config.unreadable` if the source cannot be read, and the errors of `config apply`. */
export async function importConfig(source: string, flags: ImportFlags, context: CliContext): Promise<ExitCode> {
  const words = movingOverWords[context.language];
  const plan = await readPlan(source, context);
  const place = await configPlace(flags, context);
  const candidate = await fitting(plan, place, flags, context);
  const changes = diffConfigs(candidate.before.config, candidate.after.config);
  if (!flags.json) context.out(importReportText(candidate.report, context.language));
  await keepReport(candidate.report, flags, context);
  if (flags.dryRun) {
    if (flags.json)
      context.out(
        asJson({
          dryRun: true,
          report: candidate.report,
          changes,
          agents: plan.agents.map(({ id, name }) => ({ id, name })),
        }),
      );
    else context.out(`\n${words.titles.diff}:\n${changesText(changes, context)}\n${words.dry}\n`);
    return EXIT.ok;
  }
  const outcome = await putIntoForce(candidate.text, place.file, false, place, flags, context);
  if (!flags.json) {
    context.out('\n');
    tellOutcome(outcome, place.file, flags.verify, context);
  }
  if (outcome.type === 'gone_back') {
    if (flags.json) context.out(asJson({ report: candidate.report, outcome: outcomeForScripts(outcome) }));
    return context.interrupted.aborted ? EXIT.interrupted : EXIT.undone;
  }
  await keepMcpServers(plan, candidate.after, flags, context);
  const done = plan.moves ? await intoDatabase(plan, candidate.after, flags, context) : undefined;
  if (flags.json)
    context.out(
      asJson({
        report: candidate.report,
        changes,
        outcome: outcomeForScripts(outcome),
        devices: done?.devices,
        agents: done?.agents,
        memories: done?.memories,
      }),
    );
  else if (done) tellDone(done, candidate.after, place, context);
  return EXIT.ok;
}

async function readPlan(source: string, context: CliContext): Promise<ImportPlan> {
  const words = movingOverWords[context.language];
  const files = await findOldFiles(resolve(source)).catch(() => undefined);
  if (!files) throw translatedError('config.unreadable', words.noSource(source));
  const settings = await readOldSettings(files, context.interrupted);
  if (settings.read.length === 0) {
    const problems = settings.problems.map(
      ({ file, line, why }) => `${file}${line === undefined ? '' : ` (${words.line(line)})`}: ${why[context.language]}`,
    );
    if (problems.length > 0) throw translatedError('config.unreadable', words.unreadable(problems.join('; ')));
    throw translatedError(
      'config.unreadable',
      settings.own === undefined ? words.nothing(source) : words.own(settings.own),
    );
  }
  return planImport(settings);
}

interface Candidate {
  readonly text: string;
  readonly report: ImportReport;
  readonly before: LoadedConfig;
  readonly after: LoadedConfig;
}

/** Leaves out and reports imported values that conflict with the rest. A file that already had mistakes is refused. */
async function fitting(
  plan: ImportPlan,
  place: ConfigPlace,
  flags: ImportFlags,
  context: CliContext,
): Promise<Candidate> {
  const present = await presentText(place);
  const before = await loadCandidate(present ?? '', place.file, place, flags, context);
  if (!before) throw translatedError('config.unreadable', configurationWords[context.language].noFile('env:'));
  const values = new Map([...forgotten(plan, before), ...besidePresent(plan.values, present)]);
  const left = [...plan.report.left];
  for (;;) {
    const text = editConfigText(present, values, place.file);
    const after = await loadConfig({
      dataDir: flags.data,
      file: place.file,
      candidate: { text, name: place.file },
      env: context.env,
      flags: flags.set.map(parseSetFlag),
    });
    if (after.ok)
      return {
        text,
        before,
        after,
        report: {
          ...plan.report,
          taken: plan.report.taken.filter(({ to }) => !FIELDS.has(to) || values.has(to)),
          left,
        },
      };
    const wrong = after.mistakes.filter(({ key }) => values.has(key));
    if (wrong.length === 0) {
      // Throws an error that names every mistake in the text.
      await loadCandidate(text, place.file, place, flags, context);
      throw translatedError('config.unreadable', configurationWords[context.language].noFile('env:'));
    }
    for (const mistake of wrong) {
      values.delete(mistake.key);
      left.push({ from: mistake.key, why: { en: describeMistake(mistake, 'en'), zh: describeMistake(mistake, 'zh') } });
    }
  }
}

/** Keys whose value maps names to entries. */
const NAMED = ['llm.services', 'llm.service_keys'];

/** Adds the existing file's entries that the import does not set. A reference such as `env:...` stays a reference. */
function besidePresent(values: ImportPlan['values'], present: string | undefined): ReadonlyMap<string, unknown> {
  const both = new Map(values);
  const file: unknown = present === undefined ? undefined : parse(present, { logLevel: 'silent' });
  for (const key of NAMED) {
    const before = key
      .split('.')
      .reduce<unknown>((section, name) => (section as Record<string, unknown> | null | undefined)?.[name], file);
    if (both.has(key)) both.set(key, { ...(before as object | undefined), ...(both.get(key) as object) });
  }
  return both;
}

/** Returns undefined if there is no file. A file of the Python server counts as none, because it will be replaced. */
async function presentText({ file }: ConfigPlace): Promise<string | undefined> {
  const text = await readConfigFile(file);
  if (text === undefined) return undefined;
  const loaded = await loadConfig({ dataDir: '.', file, candidate: { text, name: file }, env: {} });
  return !loaded.ok && loaded.mistakes.some(({ kind }) => kind === 'foreign') ? undefined : text;
}

/**
 * `address` identifies a service. If an import sets another address, the `others` of the old service are removed, so
 * that they are not sent to the new one.
 */
const SERVICES: readonly { readonly address: readonly string[]; readonly others: readonly string[] }[] = [
  { address: ['llm.preset', 'llm.base_url'], others: ['llm.base_url', 'llm.model', 'llm.api_key'] },
  { address: ['tts.openai.base_url'], others: ['tts.openai.model', 'tts.openai.voice', 'tts.openai.api_key'] },
  { address: ['tts.provider'], others: ['tts.voice'] },
];

function forgotten(plan: ImportPlan, { config }: LoadedConfig): [string, undefined][] {
  const current = (key: string): unknown =>
    key.split('.').reduce<unknown>((section, name) => (section as Record<string, unknown> | undefined)?.[name], config);
  return SERVICES.flatMap(({ address, others }) => {
    const [kind = ''] = address;
    if (
      !plan.values.has(kind) ||
      address.every((key) => (plan.values.get(key) ?? FIELDS.get(key)?.shape.default) === current(key))
    )
      return [];
    return others.filter((key) => !plan.values.has(key)).map((key): [string, undefined] => [key, undefined]);
  });
}

async function keepReport(report: ImportReport, flags: ImportFlags, context: CliContext): Promise<void> {
  if (flags.report === undefined) return;
  const text = flags.report.endsWith('.json') ? asJson(report) : importReportMarkdown(report, context.language);
  try {
    await writeFile(flags.report, text, { mode: 0o600 });
  } catch (error) {
    throw translatedError(
      'data.not_writable',
      `${flags.report}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      error,
    );
  }
  context.err(`${movingOverWords[context.language].reportKept(flags.report)}\n`);
}

/** Writes no file if there already is one. Only the owner may read the file, because it may contain services' keys. */
async function keepMcpServers(
  { mcpServers }: ImportPlan,
  { config }: LoadedConfig,
  flags: ImportFlags,
  context: CliContext,
): Promise<void> {
  if (mcpServers === undefined) return;
  const words = movingOverWords[context.language];
  const folder = resolve(flags.data);
  for (const file of mcpFiles(folder, config.mcp.servers_file)) {
    if (!(await isThere(file))) continue;
    context.err(`${words.mcpThere(file)}\n`);
    return;
  }
  const file = join(folder, MCP_FILE);
  await writeFile(file, mcpServers, { mode: 0o600, flag: 'wx' });
  context.err(`${words.mcpKept(file)}\n`);
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

function changesText(changes: readonly KeyChange[], context: CliContext): string {
  const words = configurationWords[context.language];
  if (changes.length === 0) return `  ${words.same}\n`;
  return changes
    .map(({ key, before, after }) => `  ${key}: ${before ?? words.notSet} -> ${after ?? words.notSet}\n`)
    .join('');
}

/** Opens the database itself even while a server runs. The database allows two processes to write. */
async function intoDatabase(
  plan: ImportPlan,
  { config }: LoadedConfig,
  flags: ImportFlags,
  { clock }: CliContext,
): Promise<CarriedOut> {
  const store = await openStore(databasePlace(config, resolve(flags.data)));
  try {
    return await carryOut(plan, store, clock.wallMs());
  } finally {
    await store.close();
  }
}

function tellDone(
  { devices, agents, people, memories, record }: CarriedOut,
  { config }: LoadedConfig,
  { api }: ConfigPlace,
  { out, colours, clock, language }: CliContext,
): void {
  const words = movingOverWords[language];
  if (devices.added + devices.known > 0) out(`${words.devices(devices.added, devices.known)}\n`);
  if (agents.added + agents.known > 0) out(`${words.agents(agents.added, agents.known)}\n`);
  if (people.added + people.known > 0) out(`${words.people(people.added, people.known)}\n`);
  if (people.left > 0) out(`${words.tooManyPeople(people.left)}\n`);
  if (memories.added + memories.known + memories.unknown > 0) out(`${words.memories(memories)}\n`);
  const days = Math.max(
    0,
    Math.ceil((record.importedMs + config.auth.migration_days * DAY_MS - clock.wallMs()) / DAY_MS),
  );
  out(`${words.window(days)}\n`);
  out(`${colours.yellow(api ? words.restart : words.stopOld)}\n`);
}
