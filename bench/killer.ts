import { type Clock, isCancelled, sleep, systemClock } from '../src/core/index.js';
import { createProcessReader } from '../src/platform/machine/index.js';

/** The child processes that every conversation uses. */
export const KINDS = ['listening', 'asr', 'speaking'] as const;
export type Kind = (typeof KINDS)[number];

export interface Kill {
  readonly kind: Kind;
  /** Time of the kill by `Clock.nowMs`. */
  readonly atMs: number;
  /** Undefined if there was no such process. */
  readonly pid: number | undefined;
}

/** Kills one child process of each type in every interval, spread evenly over the interval. */
export async function killChildren(
  serverPid: number,
  everyMs: number,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  const startMs = clock.nowMs();
  try {
    for (let n = 0; ; n++) {
      await sleep(clock, Math.max(0, startMs + (n * everyMs) / KINDS.length - clock.nowMs()), signal);
      const kind = KINDS[n % KINDS.length];
      if (kind === undefined) break;
      // A new reader is made each time, because the previous one may still list a process that was killed.
      const processes = await createProcessReader({ clock }).read([serverPid]);
      const pid = processes.find(({ name, parentPid }) => name === kind && parentPid === serverPid)?.pid;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      kills.push({ kind, atMs: clock.nowMs(), pid });
    }
  } catch (error) {
    if (!isCancelled(error) && !signal.aborted) throw error;
  }
  return kills;
}
