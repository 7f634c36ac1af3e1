import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { keepBackup, listBackups, type Config, type Foundation } from '../../config/index.js';
import {
  ChorusError,
  type Clock,
  type Logger,
  type UiLanguage,
  HOUR_MS,
  MINUTE_MS,
  packageVersion,
} from '../../core/index.js';
import {
  createProcessReader,
  createSampler,
  describeMachine,
  type ProcessReader,
} from '../../platform/machine/index.js';
import { findingsOf, observe, reportName, writeReport } from '../../measure/monitor/index.js';
import {
  readLocalToken,
  type UpkeepAnswer,
  type UpkeepControl,
  type Drain,
  type Supervisor,
} from '../../http/index.js';
import { filesOf, keepNewest } from './kept-files.js';
import { MemoryWatch } from './memory-watch.js';
import { nextTime, onSchedule, untilIdle } from './schedule.js';
import { upkeepTasks, type PerformanceReport, type TaskParts } from './tasks.js';
import { isUpkeepTask, UPKEEP_TASKS, type StoreUpkeep, type TaskRecord } from './upkeep-port.js';
import { Upkeep } from './upkeep.js';
import { taskWords } from './words.js';
import { audioLimits } from '../../conversation/history/index.js';

export interface UpkeepParts {
  readonly store: StoreUpkeep;
  /** Undefined if the server was started without a configuration file. */
  readonly configFile: string | undefined;
  readonly isIdle: () => boolean;
  /** Address at which this machine reaches the server, e.g. `http://127.0.0.1:8000`. */
  readonly origin: () => string;
  readonly drain: Pick<Drain, 'request' | 'underWay'>;
  readonly supervisor: Supervisor | undefined;
}

/** No scheduled upkeep runs in this time after the server started. */
const SETTLE_MS = 10 * MINUTE_MS;
const DAILY_REPORT = /^daily_report_\d{8}_\d{6}\.(?:html|json)$/;

/** Starts the daily upkeep, the weekly restart if configured, and the memory watch of all processes. */
export function createServerUpkeep(foundation: Foundation, parts: UpkeepParts): UpkeepControl {
  const { live, dataDir, root, common } = foundation;
  const { clock, log } = common;
  const memory = new MemoryWatch({ read: processesOf(createProcessReader({ clock })), clock, log });
  const upkeep = new Upkeep({
    dataDir,
    isIdle: parts.isIdle,
    clock,
    log,
    get tasks() {
      return upkeepTasks({
        ...offlineParts(live.current, { dataDir, clock, store: parts.store, configFile: parts.configFile }),
        memory,
        checkPerformance:
          live.current.upkeep.check_seconds === 0 ? 'off' : (signal) => checkPerformance(foundation, parts, signal),
      });
    },
  });
  const startedMs = clock.nowMs();
  let lastAtMs = clock.wallMs();
  const nextAtMs = (): number | undefined => {
    lastAtMs = notAhead(lastAtMs, clock);
    return live.current.upkeep.enabled ? nextTime(live.current.upkeep.at, zoneOf(live.current), lastAtMs) : undefined;
  };
  // If the machine was off at the configured hour, upkeep runs after the next start.
  const due = (): number | undefined =>
    clock.nowMs() < startedMs + SETTLE_MS || parts.drain.underWay ? undefined : nextAtMs();
  root.fork('memory watch', (signal) => memory.run(signal));
  root.fork('upkeep', async (signal) => {
    const before = await upkeep.records();
    // The oldest record counts, because a person may have requested a single task since all tasks last ran.
    lastAtMs = Math.min(lastAtMs, ...before.map((record) => record.startedAtMs));
    await onSchedule(clock, signal, due, async () => {
      lastAtMs = clock.wallMs();
      if (!upkeep.running)
        await upkeep.run({ waitIdleMs: live.current.upkeep.idle_wait_minutes * MINUTE_MS, dryRun: false, signal });
    });
  });
  root.fork('weekly restart', (signal) => restartWeekly(foundation, parts, signal));
  return {
    view: async (language) => viewOf(upkeep.running, await upkeep.records(), nextAtMs(), language),
    start: (names) => {
      const unknown = names?.find((name) => !isUpkeepTask(name));
      if (unknown !== undefined)
        throw new ChorusError(
          'upkeep.unknown_task',
          `there is no task ${unknown}; there are ${UPKEEP_TASKS.join(', ')}`,
          { details: { name: unknown } },
        );
      if (upkeep.running) throw new ChorusError('upkeep.running', 'the upkeep is under way already');
      root.fork('upkeep by hand', async (signal) => {
        await upkeep.run({ tasks: names?.filter(isUpkeepTask), waitIdleMs: 0, dryRun: false, signal });
      });
    },
  };
}

function viewOf(
  running: boolean,
  records: readonly TaskRecord[],
  nextAtMs: number | undefined,
  language: UiLanguage,
): UpkeepAnswer {
  const tasks = UPKEEP_TASKS.map((name) => {
    const last = records.find((record) => record.name === name);
    return {
      name,
      title: taskWords.titles[name][language],
      ...(nextAtMs !== undefined && { nextAtMs }),
      ...(last && {
        lastAtMs: last.startedAtMs,
        tookMs: last.tookMs,
        outcome: last.outcome,
        ok: last.outcome === 'done' || last.outcome === 'skipped',
        summary: last.said[language],
        ...(last.code !== undefined && { code: last.code }),
      }),
    };
  });
  return { running, tasks };
}

/** Parts for the tasks that need no running server. */
export function offlineParts(
  { upkeep, log, backup, history }: Config,
  {
    dataDir,
    clock,
    store,
    configFile,
  }: {
    readonly dataDir: string;
    readonly clock: Clock;
    readonly store: StoreUpkeep;
    readonly configFile: string | undefined;
  },
): TaskParts {
  const backups = join(dataDir, 'backups');
  return {
    clock,
    dataDir,
    temporaryDir: tmpdir(),
    uid: getuid?.(),
    leftoversOlderThanMs: upkeep.leftovers_hours * HOUR_MS,
    log:
      log.file === undefined
        ? undefined
        : { dataDir, file: log.file, maxBytes: log.file_max_mb * 1_000_000, count: log.file_count },
    backUpConfig: async () => {
      const kept =
        configFile === undefined
          ? undefined
          : await keepBackup(configFile, { folder: backups, keep: backup.keep, wallMs: clock.wallMs() });
      return kept && { id: kept.id, kept: (await listBackups(backups)).length };
    },
    store,
    storeCopies: upkeep.store_keep,
    historyBeforeMs: clock.wallMs() - history.keep_days * 24 * HOUR_MS,
    historyTurns: history.keep_turns,
    audioLimits: audioLimits({ history }, clock),
    checkPerformance: undefined,
    memory: undefined,
  };
}

/** A time that was recorded while the clock was ahead would delay the next run. */
function notAhead(wallMs: number, clock: Clock): number {
  return Math.min(wallMs, clock.wallMs());
}

/** Time zone of the sessions. Undefined means the machine's zone. */
function zoneOf({ session }: Config): string | undefined {
  return session.time_zone === 'auto' ? undefined : session.time_zone;
}

function processesOf(reader: ProcessReader): ConstructorParameters<typeof MemoryWatch>[0]['read'] {
  return async () => {
    const readings = await reader.read([process.pid]);
    return readings.map(({ pid, name, startedTicks, rssBytes }) => ({
      key: `${pid}@${startedTicks}`,
      name: pid === process.pid ? 'main' : name,
      pid,
      bytes: rssBytes,
    }));
  };
}

async function checkPerformance(
  { live, dataDir, common }: Foundation,
  { origin }: UpkeepParts,
  signal: AbortSignal,
): Promise<PerformanceReport> {
  const { upkeep, metrics } = live.current;
  const { clock } = common;
  const observation = await observe(
    {
      mode: 'monitor',
      durationMs: upkeep.check_seconds * 1000,
      connections: 0,
      otaUrl: `${origin()}/xiaozhi/ota/`,
      localToken: await readLocalToken(dataDir),
      metricsToken: metrics.token,
      local: true,
      pid: process.pid,
      language: undefined,
      preferChinese: false,
    },
    {
      clock,
      signal,
      sampler: createSampler({ rootPid: process.pid, clock }),
      machine: describeMachine(),
      runFleet: () => Promise.reject(new Error('nobody talks here')),
    },
  );
  signal.throwIfAborted();
  const findings = findingsOf(observation);
  const folder = join(dataDir, 'reports');
  const name = reportName(clock).replace('performance_', 'daily_');
  const { page } = await writeReport(findings, {
    folder,
    name,
    command: `npx chorus monitor --duration ${upkeep.check_seconds}`,
    producer: `xiaozhi-chorus ${packageVersion()}`,
  });
  await keepNewest(await filesOf(folder, DAILY_REPORT), upkeep.reports_keep, (file) => file.replace(/\.\w+$/, ''));
  const { sentence, outcome } = findings.verdict;
  return {
    sentence: typeof sentence === 'string' ? { en: sentence, zh: sentence } : sentence,
    file: page,
    missed: outcome === 'missed',
  };
}

async function restartWeekly(
  { live, common }: Foundation,
  { drain, isIdle, supervisor }: UpkeepParts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = common;
  let lastAtMs = clock.wallMs();
  const due = (): number | undefined => {
    lastAtMs = notAhead(lastAtMs, clock);
    const { weekly_restart: time } = live.current.upkeep;
    return time === 'off' || drain.underWay ? undefined : nextTime(time, zoneOf(live.current), lastAtMs);
  };
  await onSchedule(clock, signal, due, async () => {
    lastAtMs = clock.wallMs();
    if (supervisor === undefined) {
      tellUnsupervised(log);
      return;
    }
    const { idle_wait_minutes: waitMinutes } = live.current.upkeep;
    // The server restarts even if it was never idle, because the drain lets conversations in progress finish.
    await untilIdle(clock, isIdle, waitMinutes * MINUTE_MS, signal);
    drain
      .request({ reason: 'weekly restart', withinMs: live.current.server.drain_ms, restart: true })
      .catch((error: unknown) => log.error('the weekly restart failed', { problem: 'server.restart_failed', error }));
  });
}

function tellUnsupervised(log: Logger): void {
  log.warn('no weekly restart: nothing is known that would start the server again (systemd, a container)', {
    problem: 'server.restart_unsupervised',
  });
}
