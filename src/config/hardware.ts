import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { posix } from 'node:path';

/** What this process may use: the machine, cut down by its cgroups. */
export interface Hardware {
  /** Cores that the scheduler lets us run on (affinity included). */
  readonly cores: number;
  /** CPU quota in cores (CFS bandwidth), e.g. 1.5; undefined: no quota. */
  readonly cpuQuota: number | undefined;
  /** The machine's memory or the cgroup's limit, whichever is smaller. */
  readonly memoryBytes: number;
}

type ReadText = (path: string) => string | undefined;

/** cgroup v1 reports "no limit" as a number near 2^63 rounded to pages. */
const V1_UNLIMITED_BYTES = 2 ** 60;

/** Reads once at start: limits are not expected to change under a running server. Never throws. */
export function readHardware(readText: ReadText = readTextFile, machine = { cores: availableParallelism(), memoryBytes: totalmem() }): Hardware {
  const quotas: number[] = [];
  const memories: number[] = [machine.memoryBytes];
  for (const group of cgroupFolders(readText('/proc/self/cgroup') ?? '')) {
    const [quota, memory] = group.version === 2 ? v2Limits(group.folder, readText) : v1Limits(group.folder, readText);
    if (quota !== undefined) quotas.push(quota);
    if (memory !== undefined) memories.push(memory);
  }
  return {
    cores: machine.cores,
    cpuQuota: quotas.length > 0 ? Math.min(...quotas) : undefined,
    memoryBytes: Math.min(...memories),
  };
}

interface CgroupFolder {
  readonly version: 1 | 2;
  readonly folder: string;
}

/**
 * The folders whose limits apply: the process's own group and all its ancestors. Inside a container the path in
 * /proc/self/cgroup may be the host's and not exist; the ancestors include the mount's root, which is then the container's.
 */
function cgroupFolders(procSelfCgroup: string): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (const line of procSelfCgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers === '') folders.push(...withAncestors(2, '/sys/fs/cgroup', path));
    for (const controller of controllers.split(',')) {
      if (controller === 'cpu' || controller === 'memory') folders.push(...withAncestors(1, `/sys/fs/cgroup/${controller}`, path));
    }
  }
  return folders;
}

function withAncestors(version: 1 | 2, mount: string, path: string): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (let at = posix.normalize(`/${path}`); ; at = posix.dirname(at)) {
    folders.push({ version, folder: at === '/' ? mount : mount + at });
    if (at === '/') return folders;
  }
}

function v2Limits(folder: string, readText: ReadText): [number | undefined, number | undefined] {
  const [quota, period] = (readText(`${folder}/cpu.max`) ?? '').trim().split(/\s+/).map(Number);
  return [ratio(quota, period), positive(Number(readText(`${folder}/memory.max`)?.trim()))];
}

function v1Limits(folder: string, readText: ReadText): [number | undefined, number | undefined] {
  const quota = Number(readText(`${folder}/cpu.cfs_quota_us`)?.trim());
  const period = Number(readText(`${folder}/cpu.cfs_period_us`)?.trim());
  const memory = positive(Number(readText(`${folder}/memory.limit_in_bytes`)?.trim()));
  return [ratio(quota, period), memory !== undefined && memory < V1_UNLIMITED_BYTES ? memory : undefined];
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  const above = positive(quota ?? Number.NaN);
  const below = positive(period ?? Number.NaN);
  return above === undefined || below === undefined ? undefined : above / below;
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, another cgroup version, or a controller that is off
  }
}
