import { Option } from 'commander';
import type { DefineCommand } from '../command.js';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeError, isCancelled, sleep } from '../../core/index.js';
import { loadConfig, type FlagValue } from '../../config/index.js';
import { supervisorOf } from '../../http/index.js';
import type { RunningServer } from '../../main.js';
import { openingLines, serverLines } from '../views/banner.js';
import { dataFlag, packageVersion, type CliContext, type ConfigFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand, loadOptions, printNotes, type LoadedForCommand } from '../configuration/load.js';
import { keepHeapSmall } from '../server/own-heap.js';
import { serveWords } from '../words/serve.js';

export const define: DefineCommand = (command, { context, withConfig, run }) => {
  const { help } = serveWords[context.language];
  command
    .option('--host <address>', help.host)
    .option('--port <number>', help.port)
    // With this option, the server of a bench ends even if the bench was killed.
    .addOption(new Option('--until-input-ends').hideHelp());
  withConfig(command).action(run(serve));
};

interface ServeFlags extends ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  readonly untilInputEnds?: true;
}

const PROGRESS_EVERY_MS = 1000;
/** While there is nothing to download, because the status takes a millisecond of CPU or more. */
const REST_MS = 10_000;
/** Downloads usually begin right after the start. */
const LOOKS_AT_FIRST = 10;
/** Large steps keep the log short. */
const PROGRESS_STEP_PERCENT = 10;

/** Runs until the server is stopped, for example by SIGTERM or `chorus drain`, and then lets current replies finish. */
export async function serve(flags: ServeFlags, context: CliContext): Promise<ExitCode> {
  const startedMs = context.clock.nowMs();
  const loaded = await loadForCommand(flags, context, flagValues(flags));
  // Conversations must continue even if whoever reads the log is gone.
  context.outliveOutput?.();
  if (flags.untilInputEnds) context.stopWhenInputEnds?.();
  context.out(openingLines(packageVersion(), resolve(flags.data), loaded.config, context));
  printNotes(loaded, context);
  const stopped = new AbortController();
  const keeping = keepHeapSmall(context.clock, stopped.signal);
  try {
    return await run(flags, loaded, context, startedMs, stopped);
  } finally {
    stopped.abort();
    await keeping;
  }
}

/** `stopped` ends the background work of this command. It does not stop the server. */
async function run(
  flags: ServeFlags,
  loaded: LoadedForCommand,
  context: CliContext,
  startedMs: number,
  stopped: AbortController,
): Promise<ExitCode> {
  const starting = start(flags, loaded, context);
  const stopReloading = reloadOnHangup(starting, context);
  try {
    return await untilClosed(await starting, flags, loaded, context, startedMs, stopped);
  } finally {
    stopReloading();
  }
}

async function start(flags: ServeFlags, loaded: LoadedForCommand, context: CliContext): Promise<RunningServer> {
  const { language, colours, err } = context;
  // Loaded late, so that the first lines appear while the libraries load.
  const { startServer } = await import('../../main.js');
  return startServer({
    config: loaded.config,
    plugins: loaded.plugins,
    dataDir: resolve(flags.data),
    source: { file: resolve(loaded.file), load: () => loadConfig(loadOptions(flags, context, flagValues(flags))) },
    env: context.env,
    supervisor: supervisorOf(context.env, process.pid),
    onCode: (code, deviceId) =>
      err(`${colours.yellow(serveWords[language].pairingCode(deviceId, code, dataFlag(flags.data)))}\n`),
  });
}

async function untilClosed(
  server: RunningServer,
  flags: ServeFlags,
  loaded: LoadedForCommand,
  context: CliContext,
  startedMs: number,
  stopped: AbortController,
): Promise<ExitCode> {
  const { language, out, err } = context;
  out(serverLines(server, loaded.config, flags.data, context));
  const watching = watchModels(server, flags.data, context, stopped.signal);
  const readiness = tellReadiness(server, startedMs, context, stopped.signal);
  const draining = drainWhenAsked(server, context);
  await server.closed;
  stopped.abort();
  await Promise.all([watching, readiness, draining]);
  err(`${server.restartWanted ? serveWords[language].stoppedToRestart : serveWords[language].stopped}\n`);
  return server.restartWanted ? EXIT.restart : EXIT.ok;
}

/**
 * Reads the configuration again on SIGHUP. A closing terminal sends the same signal, but should stop the server. A
 * signal during the start must wait, because an unhandled signal would end the process.
 */
function reloadOnHangup(starting: Promise<RunningServer>, context: CliContext): () => void {
  const fromTerminal = terminalIsThere();
  const onHangup = async (): Promise<void> => {
    const server = await starting.catch(() => undefined); // The code that awaits `starting` reports the failure.
    await (fromTerminal && !terminalIsThere() ? server?.drain('terminal closed') : server?.reload());
  };
  const heard = (): void => {
    onHangup().catch((error: unknown) => context.err(`${describeError(error, context.language)}\n`));
  };
  process.on('SIGHUP', heard);
  return () => process.off('SIGHUP', heard);
}

function terminalIsThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function flagValues(flags: ServeFlags): FlagValue[] {
  const values: FlagValue[] = [];
  if (flags.host !== undefined) values.push({ flag: '--host', key: 'server.host', text: flags.host });
  if (flags.port !== undefined) values.push({ flag: '--port', key: 'server.port', text: flags.port });
  return values;
}

async function drainWhenAsked(server: RunningServer, context: CliContext): Promise<void> {
  const asked = new Promise<void>((done) => {
    if (context.interrupted.aborted) done();
    context.interrupted.addEventListener('abort', () => done(), { once: true });
  });
  await Promise.race([asked, server.closed]);
  if (context.interrupted.aborted) {
    context.err(`${serveWords[context.language].stopping}\n`);
    await server.drain('signal');
  }
}

/** Reports when the server is ready. If its start has failed, reports the reason first. */
async function tellReadiness(
  server: RunningServer,
  startedMs: number,
  context: CliContext,
  signal: AbortSignal,
): Promise<void> {
  const { language, colours, out, err, clock } = context;
  try {
    await server.ready;
  } catch (error) {
    if (isCancelled(error)) return;
    err(`${colours.red(serveWords[language].notReady(describeError(error, context.language)))}\n`);
    while (!server.status().ready) {
      if (signal.aborted) return;
      await sleep(clock, PROGRESS_EVERY_MS, signal).catch(() => undefined);
    }
  }
  out(`${colours.green(serveWords[language].ready(((clock.nowMs() - startedMs) / 1000).toFixed(1)))}\n`);
}

async function watchModels(
  server: RunningServer,
  data: string,
  context: CliContext,
  signal: AbortSignal,
): Promise<void> {
  const reported = new Map<string, number>();
  const failed = new Set<string>();
  for (let looks = 0; !signal.aborted; looks++) {
    const { models } = server.status();
    for (const model of models) {
      if (
        model.state === 'waiting' &&
        model.code !== undefined &&
        model.code !== 'model.busy' &&
        !failed.has(model.id)
      ) {
        failed.add(model.id);
        context.err(
          `${context.colours.yellow(serveWords[context.language].notFetchedYet(model.id, dataFlag(data)))}\n`,
        );
      }
      if (model.state !== 'downloading' || model.fraction === undefined) continue;
      const step = Math.floor((model.fraction * 100) / PROGRESS_STEP_PERCENT);
      if (reported.get(model.id) === step) continue;
      reported.set(model.id, step);
      const line = serveWords[context.language].progress(model.id, `${step * PROGRESS_STEP_PERCENT} %`);
      context.err(`${context.colours.dim(line)}\n`);
    }
    const rests = looks >= LOOKS_AT_FIRST && models.every(({ state }) => state === 'installed' || state === 'missing');
    await sleep(context.clock, rests ? REST_MS : PROGRESS_EVERY_MS, signal).catch(() => undefined);
  }
}
