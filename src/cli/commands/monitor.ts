import { InvalidArgumentError, Option } from 'commander';
import type { DefineCommand } from '../command.js';
import { join, resolve } from 'node:path';
import { isLoopback, type Clock } from '../../core/index.js';
import { runFleet } from '../../measure/fleet/index.js';
import { createSampler, describeMachine, type Sampler } from '../../platform/machine/index.js';
import {
  findingsOf,
  observe,
  reportName,
  type MonitorFindings,
  type MonitorMode,
  writeReport,
} from '../../measure/monitor/index.js';
import { readLocalToken } from '../../http/index.js';
import { findServer } from '../../platform/store/index.js';
import { packageVersion, type CliContext, type JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand } from '../configuration/load.js';
import { localServer } from '../server/local-server.js';
import { monitorWords } from '../words/monitor.js';
import { liveLines, summaryLines } from '../views/monitor.js';

export const define: DefineCommand = (command, { context, withConfig, webAddress, run }) => {
  const help = monitorWords[context.language];
  const atLeastOne = (value: string): number => {
    if (!/^\d+$/.test(value) || Number(value) < 1) throw new InvalidArgumentError(help.notNumber);
    return Number(value);
  };
  withConfig(command)
    .addOption(new Option('--mode <mode>', help.mode).choices(['monitor', 'test', 'both']).default('monitor'))
    .option('--duration <seconds>', help.duration, atLeastOne, 60)
    .option('--connections <number>', help.connections, atLeastOne, 2)
    .option('--url <ota-url>', help.url, webAddress)
    .option('--out <folder>', help.out)
    .option('--language <tag>', help.language)
    .option('--json', help.json)
    .addHelpText('after', help.after)
    .action(run(runMonitor));
};

interface MonitorFlags extends JsonFlags {
  readonly mode: MonitorMode;
  /** In seconds. */
  readonly duration: number;
  readonly connections: number;
  readonly url?: string;
  readonly out?: string;
  readonly language?: string;
}

async function runMonitor(flags: MonitorFlags, context: CliContext): Promise<ExitCode> {
  const words = monitorWords[context.language];
  const { clock, err, colours } = context;
  const { config } = await loadForCommand(flags, context);
  const otaUrl = flags.url ?? (await localServer(flags.data, config.server.port)).otaUrl;
  const local = isLoopback(otaUrl) || flags.url === undefined;
  const durationMs = flags.duration * 1000;
  const { pid, sampler } = local ? await samplerOf(otaUrl, flags.data, clock) : { pid: undefined, sampler: undefined };

  const line = liveLines(flags, context);
  const observation = await observe(
    {
      mode: flags.mode,
      durationMs,
      connections: flags.connections,
      otaUrl,
      // The data folder's secret is sent only to a server on this machine.
      localToken: local ? await readLocalToken(flags.data) : undefined,
      metricsToken: config.metrics.token,
      local,
      pid,
      language: flags.language,
      preferChinese: context.language === 'zh',
    },
    {
      clock,
      signal: context.interrupted,
      sampler,
      machine: describeMachine(),
      runFleet,
      onReached: () => {
        err(
          `${words.begins(new URL(otaUrl).origin, flags.duration, flags.mode === 'monitor' ? 0 : flags.connections)}\n`,
        );
        if (flags.mode !== 'test' && !(local && pid !== undefined))
          err(`${colours.dim(local ? words.noPid : words.remote)}\n`);
      },
      onProgress: (progress) => line.update(progress),
    },
  ).finally(() => line.end());

  const findings = findingsOf(observation);
  const report = await writeReport(findings, {
    folder: resolve(flags.out ?? join(flags.data, 'reports')),
    name: reportName(clock),
    command: commandLine(context.command ?? 'npx chorus', flags),
    producer: `xiaozhi-chorus ${packageVersion()}`,
  });
  if (flags.json) context.out(`${report.json}\n`);
  else context.out(summaryLines(findings, context));
  err(`${words.written(report.page, report.data)}\n`);
  return exitCode(findings);
}

/**
 * The process id is undefined if no server has the recorded one here. A server in a container records ids that are
 * valid only inside the container.
 */
async function samplerOf(
  otaUrl: string,
  dataDir: string,
  clock: Clock,
): Promise<{ readonly pid: number | undefined; readonly sampler: Sampler }> {
  const record = await findServer(dataDir);
  if (record !== undefined && String(record.port) === new URL(otaUrl).port) {
    const sampler = createSampler({ rootPid: record.pid, clock });
    const { processes } = await sampler.sample();
    if (processes.some(({ pid, name }) => pid === record.pid && name === 'main')) return { pid: record.pid, sampler };
  }
  return { pid: undefined, sampler: createSampler({ clock }) };
}

/** For the report. Leaves out `--set`, which may contain secrets. */
function commandLine(program: string, { mode, duration, connections, url, language }: MonitorFlags): string {
  const talk = mode === 'monitor' ? '' : ` --connections ${connections}`;
  const place = url === undefined ? '' : ` --url ${url}`;
  const spoken = language === undefined ? '' : ` --language ${language}`;
  return `${program} monitor --mode ${mode} --duration ${duration}${talk}${place}${spoken}`;
}

function exitCode({ observation, verdict }: MonitorFindings): ExitCode {
  if (observation.interrupted) return EXIT.interrupted;
  return { holds: EXIT.ok, missed: EXIT.failed, invalid: EXIT.invalid }[verdict.outcome];
}
