import { availableParallelism, totalmem } from 'node:os';
import { cgroupFolders } from './cgroup-folders.js';
import { cgroupLimits } from './cgroup-limits.js';
import { type ReadText, readTextFile } from './read-text.js';

/** What this process may use: the machine, cut down by its cgroups. */
export interface Hardware {
  /** Cores that the scheduler lets us run on (affinity included). */
  readonly cores: number;
  /** CPU quota in cores (CFS bandwidth), e.g. 1.5; undefined: no quota. */
  readonly cpuQuota: number | undefined;
  /** The machine's memory or the cgroup's limit, whichever is smaller. */
  readonly memoryBytes: number;
}

/** Reads once at start: limits are not expected to change under a running server. Never throws. */
export function readHardware(
  readText: ReadText = readTextFile,
  machine = { cores: availableParallelism(), memoryBytes: totalmem() },
): Hardware {
  const limits = cgroupFolders(readText('/proc/self/cgroup') ?? '').map((folder) => cgroupLimits(folder, readText));
  const quotas = limits.flatMap(({ cpuQuota }) => cpuQuota ?? []);
  return {
    cores: machine.cores,
    cpuQuota: quotas.length > 0 ? Math.min(...quotas) : undefined,
    memoryBytes: Math.min(machine.memoryBytes, ...limits.flatMap(({ memoryBytes }) => memoryBytes ?? [])),
  };
}
