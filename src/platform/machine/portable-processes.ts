import pidusage from 'pidusage';
import type { ProcessReader, ProcessReading } from './processes.js';

/**
 * Where there is no /proc (macOS, Windows): CPU and memory of the given processes through pidusage, which asks `ps` or the
 * system. Without descendants and names. On Linux {@link ProcReader} needs one read of the same file for the tree, the start
 * time and the threads, and starts no `getconf` in a shell.
 */
export class PortableReader implements ProcessReader {
  async read(roots: readonly number[]): Promise<readonly ProcessReading[]> {
    if (roots.length === 0) return [];
    try {
      const usage: Partial<Record<string, pidusage.Status | null>> = await pidusage([...roots]);
      return roots.flatMap((pid, index) => reading(usage[String(pid)], index === 0 ? 'main' : String(pid)) ?? []);
    } catch {
      return []; // all of them have ended, or the system does not tell
    }
  }
}

function reading(status: pidusage.Status | null | undefined, name: string): ProcessReading | undefined {
  if (!status) return undefined;
  return {
    pid: status.pid,
    parentPid: status.ppid,
    name,
    cpuSeconds: status.ctime / 1000,
    rssBytes: status.memory,
    pssBytes: undefined,
    threads: undefined,
    openFiles: undefined,
    // Ten seconds are coarse enough for the rounding of `ps`, and fine enough for a number that was given again.
    startedTicks: Math.round((status.timestamp - status.elapsed) / 10_000),
  };
}
