import pidusage from 'pidusage';
import type { Clock } from '../../core/index.js';
import { ProcReader, type ProcessReader, type ProcessReading } from './processes.js';
import { type ReadText, readTextFile } from './read-text.js';

interface ProcessReaderOptions {
  readonly clock: Clock;
  /** Interval of readings of the proportional set size (PSS). By default PSS is not read. */
  readonly pssEveryMs?: number | false | undefined;
  readonly readText?: ReadText | undefined;
}

export function createProcessReader({
  clock,
  pssEveryMs = false,
  readText = readTextFile,
}: ProcessReaderOptions): ProcessReader {
  return process.platform === 'linux' ? new ProcReader({ readText, clock, pssEveryMs }) : new PortableReader();
}

/** For systems without /proc. Finds neither descendants nor names of processes. */
export class PortableReader implements ProcessReader {
  async read(roots: readonly number[]): Promise<readonly ProcessReading[]> {
    if (roots.length === 0) return [];
    try {
      const usage: Partial<Record<string, pidusage.Status | null>> = await pidusage([...roots]);
      return roots.flatMap((pid, index) => reading(usage[String(pid)], index === 0 ? 'main' : String(pid)) ?? []);
    } catch {
      return []; // All have ended, or the system does not report them.
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
    // Start times in units of ten seconds hide the rounding of `ps`. They still distinguish reused process numbers.
    startedTicks: Math.round((status.timestamp - status.elapsed) / 10_000),
  };
}
