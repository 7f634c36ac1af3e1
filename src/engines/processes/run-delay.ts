import { readdir, readFile } from 'node:fs/promises';

/** The time in ms for which each thread was ready to run but had no processor. */
export type RunDelays = ReadonlyMap<string, number>;

const NS_PER_MS = 1e6;

/** Reads the second number of `/proc/PID/task/TID/schedstat`. Returns undefined if the files cannot be read. */
export async function readRunDelays(pid: number): Promise<RunDelays | undefined> {
  const folder = `/proc/${pid}/task`;
  try {
    const threads = await readdir(folder);
    const delays = await Promise.all(
      threads.map(
        async (thread) =>
          [
            thread,
            Number((await readFile(`${folder}/${thread}/schedstat`, 'utf8')).split(' ')[1]) / NS_PER_MS,
          ] as const,
      ),
    );
    return new Map(delays.filter(([, delayMs]) => Number.isFinite(delayMs)));
  } catch {
    return undefined; // Another system, or the process or a thread has just ended.
  }
}

/** The longest wait of a thread between two readings, in ms. */
export function longestDelayMs(before: RunDelays, after: RunDelays): number {
  let longestMs = 0;
  for (const [thread, delayMs] of after) longestMs = Math.max(longestMs, delayMs - (before.get(thread) ?? delayMs));
  return longestMs;
}
