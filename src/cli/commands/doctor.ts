import type { DefineCommand } from '../command.js';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { confirm, isCancel } from '@clack/prompts';
import { asChorusError } from '../../core/index.js';
import {
  CHECKS,
  doctorContext,
  examine,
  findingsOf,
  applyFixes,
  verdictOfExamination,
  writeBundle,
  type Configuration,
  type DoctorContext,
  type Examination,
  type Finding,
  type Fixed,
  type LocalServer,
} from '../../maintenance/doctor/index.js';
import { packageVersion, type CliContext, type JsonFlags } from '../context.js';
import { doctorJson, doctorLines, fixedLines } from '../views/doctor.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadOptions, loadWithPlugins } from '../configuration/load.js';
import { doctorWords } from '../words/doctor.js';
import { progressLine } from '../terminal/progress-line.js';

export const define: DefineCommand = (command, { context, withConfig, webAddress, run }) => {
  const help = doctorWords[context.language];
  withConfig(command)
    .option('--url <address>', help.url, webAddress)
    .option('--fix', help.fix)
    .option('--bundle <file>', help.bundle)
    .option('--verbose', help.verbose)
    .option('--json', context.words.help.json)
    .addHelpText('after', help.after)
    .action(run(runDoctor));
};

interface DoctorFlags extends JsonFlags {
  readonly url?: string;
  readonly fix?: boolean;
  readonly bundle?: string;
  readonly verbose?: boolean;
}

async function runDoctor(flags: DoctorFlags, context: CliContext): Promise<ExitCode> {
  const words = doctorWords[context.language];
  const look = await lookAround(flags, context);
  let examination = await examined(look, flags, context);
  let fixed: readonly Fixed[] | undefined;
  if (flags.fix) {
    fixed = await fixAll(examination, flags, context);
    if (!flags.json) context.out(fixedLines(fixed, context));
    // Looks again, because the repaired fault may have hidden other faults.
    if (fixed.some(({ done }) => done)) examination = await examined(await lookAround(flags, context), flags, context);
  }
  context.out(
    flags.json
      ? doctorJson(examination, fixed, context.language)
      : doctorLines(examination, flags.verbose === true, context),
  );
  if (flags.bundle !== undefined) {
    await writeBundle(resolve(flags.bundle), look, examination);
    context.err(`${words.bundled(resolve(flags.bundle))}\n`);
  }
  return doctorExit(examination);
}

export function doctorExit(examination: Examination): ExitCode {
  return { healthy: EXIT.ok, faults: EXIT.failed, 'could not look': EXIT.invalid }[verdictOfExamination(examination)];
}

async function examined(look: DoctorContext, flags: DoctorFlags, context: CliContext): Promise<Examination> {
  const words = doctorWords[context.language];
  const elsewhere = flags.url !== undefined && look.server === undefined && !(await exists(flags.data));
  // Shows progress only to a person, so that a script gets just one line for a healthy machine.
  const line = process.stderr.isTTY && !flags.json ? progressLine(context) : undefined;
  try {
    return await examine(
      CHECKS.filter(({ where }) => !elsewhere || where === 'there'),
      look,
      (done, of) => line?.update(words.looking(done, of), done / of),
    );
  } finally {
    line?.end();
  }
}

async function lookAround(flags: DoctorFlags, context: CliContext): Promise<DoctorContext> {
  const dataDir = resolve(flags.data);
  return doctorContext({
    clock: context.clock,
    signal: context.interrupted,
    dataDir,
    env: context.env,
    configuration: await configurationOf(flags, context),
    version: packageVersion(),
    url: flags.url,
    server: await runningServer(dataDir),
  });
}

async function configurationOf(flags: DoctorFlags, context: CliContext): Promise<Configuration> {
  try {
    return await loadWithPlugins(loadOptions(flags, context), context);
  } catch (error) {
    return {
      ok: false,
      file: flags.config ?? join(flags.data, 'config.yaml'),
      unreadable: asChorusError(error).message,
    };
  }
}

/** Opens no database if no server has left a record, because opening would create files. */
async function runningServer(dataDir: string): Promise<LocalServer | undefined> {
  if (!(await exists(join(dataDir, 'server.json')))) return undefined;
  try {
    // These modules are loaded late. The doctor must run even if their native code does not load.
    const [{ findServer }, { readLocalToken }] = await Promise.all([
      import('../../platform/store/index.js'),
      import('../../http/index.js'),
    ]);
    const record = await findServer(dataDir);
    return (
      record && {
        origin: new URL(record.url).origin,
        port: record.port,
        pid: record.pid,
        localToken: await readLocalToken(dataDir),
      }
    );
  } catch {
    return undefined; // The checks of packages and of the data folder report the fault.
  }
}

async function fixAll(examination: Examination, flags: DoctorFlags, context: CliContext): Promise<readonly Fixed[]> {
  const fixable = findingsOf(examination, 'fault', 'warning', 'note').filter(
    (finding) => finding.fixable && isWanted(finding),
  );
  const pulls = fixable.filter(({ fix }) => fix?.type === 'pull');
  const fetch = pulls.length === 0 || (await mayFetch(pulls, flags, context));
  return applyFixes(
    fixable.filter(({ fix }) => fix?.type !== 'pull' || fetch),
    {
      signal: context.interrupted,
      pull: async (model) => {
        const { withModelStore } = await import('./models.js');
        const line = process.stderr.isTTY && !flags.json ? progressLine(context) : undefined;
        try {
          await withModelStore(flags, context, async (store) => {
            await store.pull(model, {
              force: true,
              signal: context.interrupted,
              onProgress: ({ fraction }) => line?.update(model, fraction),
            });
            return EXIT.ok;
          });
        } finally {
          line?.end();
        }
      },
    },
  );
}

/** Notes about missing models need no fix, because the server fetches these models when it starts. */
const isWanted = ({ severity, fix }: Finding): boolean => severity !== 'note' || fix?.type !== 'pull';

/** Asks a person before a download. A script has agreed with `--fix`. */
async function mayFetch(pulls: readonly Finding[], flags: DoctorFlags, context: CliContext): Promise<boolean> {
  if (flags.json || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const models = pulls.flatMap(({ fix }) => (fix?.type === 'pull' ? [fix] : []));
  const megabytes = Math.round(models.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
  const { yes: active, no: inactive } = context.words;
  const answer = await confirm({
    active,
    inactive,
    message: doctorWords[context.language].askPull(models.map(({ model }) => model).join(', '), megabytes),
  });
  return !isCancel(answer) && answer;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
