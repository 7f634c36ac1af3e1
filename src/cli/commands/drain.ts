import { InvalidArgumentError } from 'commander';
import type { DefineCommand } from '../command.js';
import { z } from 'zod';
import { sleep, translatedError } from '../../core/index.js';
import { findServer, type ServerRecord } from '../../platform/store/index.js';
import { findAdminClient, type AdminClient } from '../server/admin-client.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { upkeepWords } from '../words/upkeep.js';
import { asJson } from '../terminal/json.js';

export const define: DefineCommand = (command, { context, dataOption, run }) => {
  const { help } = upkeepWords[context.language];
  const seconds = (value: string): number => {
    if (!/^\d{1,3}$/.test(value) || Number(value) > 600) throw new InvalidArgumentError(help.notNumber);
    return Number(value);
  };
  command
    .option('--wait <seconds>', help.wait, seconds)
    .option('--restart', help.restart)
    .addOption(dataOption())
    .option('--json', context.words.help.json)
    .action(run(runDrain));
};

interface DrainFlags {
  readonly data: string;
  /** In seconds. Undefined means `server.drain_ms`. */
  readonly wait?: number;
  readonly restart?: boolean;
  readonly json?: boolean;
}

const begunSchema = z.object({
  draining: z.literal(true),
  withinMs: z.number(),
  exitCode: z.number(),
  supervisor: z.enum(['systemd', 'container']).optional(),
});

const LOOK_EVERY_MS = 500;
/** The server may wait this long after the last reply, for child processes and for silent connections. */
const STOP_MS = 15_000;
/**
 * systemd restarts the server after 2 s (`RestartSec`), a container engine after up to a minute. The models load after
 * that.
 */
const BACK_WITHIN_MS = 90_000;

/** With `--restart`, also checks that the server comes back. */
async function runDrain(flags: DrainFlags, context: CliContext): Promise<ExitCode> {
  const words = upkeepWords[context.language].drain;
  const { clock, err, out, colours, interrupted } = context;
  const api = await findAdminClient(flags.data, context);
  const record = await findServer(flags.data);
  if (!api || !record) throw translatedError('device.unreachable', words.noServer(flags.data));
  const startedMs = clock.nowMs();
  const begun = await begin(api, flags);
  if (!flags.json) err(`${words.begun(Math.ceil(begun.withinMs / 1000))}\n`);
  if (flags.restart && begun.supervisor === undefined && !flags.json)
    err(`${colours.yellow(words.nobodyKnown(begun.exitCode))}\n`);

  const gone = await until(
    async () => (await findServer(flags.data))?.startedAt !== record.startedAt,
    begun.withinMs + STOP_MS,
    context,
  );
  const stoppedAfterMs = Math.round(clock.nowMs() - startedMs);
  if (!gone) throw translatedError('device.refused', words.stillThere(Math.round(stoppedAfterMs / 1000)));
  const back = flags.restart === true ? await comeBack(flags.data, record, context) : undefined;
  const backAfterMs = back === undefined ? undefined : Math.round(clock.nowMs() - startedMs);
  if (flags.json)
    out(
      asJson({
        stopped: true,
        stoppedAfterMs,
        exitCode: begun.exitCode,
        supervisor: begun.supervisor ?? null,
        ...(flags.restart && { back: back !== undefined, backAfterMs, pid: back?.pid }),
      }),
    );
  else if (flags.restart !== true) out(`${words.stopped(begun.supervisor === 'container')}\n`);
  else if (back) out(`${colours.green(words.back(seconds(backAfterMs ?? 0), back.pid))}\n`);
  else err(`${colours.red(words.notBack(Math.round(BACK_WITHIN_MS / 1000)))}\n`);
  if (interrupted.aborted) return EXIT.interrupted;
  return flags.restart === true && !back ? EXIT.failed : EXIT.ok;
}

async function begin(api: AdminClient, flags: DrainFlags): Promise<z.output<typeof begunSchema>> {
  const body = { ...(flags.wait !== undefined && { withinMs: flags.wait * 1000 }), restart: flags.restart === true };
  return begunSchema.parse(await api.call('POST', '/drain', body));
}

async function comeBack(data: string, before: ServerRecord, context: CliContext): Promise<ServerRecord | undefined> {
  let found: ServerRecord | undefined;
  await until(
    async () => {
      const record = await findServer(data);
      if (record === undefined || record.startedAt === before.startedAt) return false;
      const ready = await fetch(new URL('/readyz', record.url), { signal: context.interrupted }).then(
        (response) => response.ok,
        () => false,
      );
      if (ready) found = record;
      return ready;
    },
    BACK_WITHIN_MS,
    context,
  );
  return found;
}

async function until(
  reached: () => Promise<boolean>,
  withinMs: number,
  { clock, interrupted }: CliContext,
): Promise<boolean> {
  const deadlineMs = clock.nowMs() + withinMs;
  while (!interrupted.aborted) {
    if (await reached()) return true;
    if (clock.nowMs() >= deadlineMs) return false;
    await sleep(clock, LOOK_EVERY_MS, interrupted).catch(() => undefined);
  }
  return false;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
