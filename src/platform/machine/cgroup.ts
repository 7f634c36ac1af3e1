import { posix } from 'node:path';
import type { ReadText } from './read-text.js';

/** The folder of a process's control group, or of an ancestor of that group. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  /** The v1 controllers of this hierarchy. Empty for v2, where all controllers share one folder. */
  readonly controllers: readonly string[];
  readonly folder: string;
  /** 0 is the process's own group, 1 is its parent. */
  readonly above: number;
}

/** The second mount point is for systemd's hybrid layout, which also uses v1. */
const V2_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];
const V1_CONTROLLERS = new Set(['cpu', 'cpuacct', 'memory']);

/**
 * Also returns all ancestors up to the root of the mount. In a container, the text may contain paths of the host, and
 * the root of the mount is then the container's group.
 */
export function cgroupFolders(procCgroup: string): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (const line of procCgroup.split('\n')) {
    const [, named, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (named === undefined || path === undefined) continue;
    if (named === '') for (const mount of V2_MOUNTS) folders.push(...withAncestors(2, [], mount, path));
    const controllers = named.split(',').filter((controller) => V1_CONTROLLERS.has(controller));
    // A hierarchy with several controllers has one link for each controller.
    for (const controller of controllers)
      folders.push(...withAncestors(1, [controller], `/sys/fs/cgroup/${controller}`, path));
  }
  return folders;
}

function withAncestors(version: 1 | 2, controllers: readonly string[], mount: string, path: string): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (let at = posix.normalize(`/${path}`), above = 0; ; at = posix.dirname(at), above++) {
    folders.push({ version, controllers, folder: at === '/' ? mount : mount + at, above });
    if (at === '/') return folders;
  }
}

/** Undefined means no limit. */
interface CgroupLimits {
  readonly cpuQuota: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** cgroup v1 reports "no limit" as a number near 2^63, rounded to pages. */
const V1_UNLIMITED_BYTES = 2 ** 60;

export function cgroupLimits({ version, folder }: CgroupFolder, readText: ReadText): CgroupLimits {
  if (version === 2) {
    const [quota, period] = (readText(`${folder}/cpu.max`) ?? '').trim().split(/\s+/).map(Number);
    return { cpuQuota: ratio(quota, period), memoryBytes: positive(Number(readText(`${folder}/memory.max`)?.trim())) };
  }
  const quota = Number(readText(`${folder}/cpu.cfs_quota_us`)?.trim());
  const period = Number(readText(`${folder}/cpu.cfs_period_us`)?.trim());
  const memory = positive(Number(readText(`${folder}/memory.limit_in_bytes`)?.trim()));
  return {
    cpuQuota: ratio(quota, period),
    memoryBytes: memory !== undefined && memory < V1_UNLIMITED_BYTES ? memory : undefined,
  };
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  const above = positive(quota ?? Number.NaN);
  const below = positive(period ?? Number.NaN);
  return above === undefined || below === undefined ? undefined : above / below;
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Sorted by version, then by distance from the process. If both versions are mounted, v1 has the controllers. */
export function foldersWith(folders: readonly CgroupFolder[], controller: string): readonly CgroupFolder[] {
  return folders
    .filter(({ version, controllers }) => version === 2 || controllers.includes(controller))
    .sort((a, b) => a.version - b.version || a.above - b.above);
}

export function keyedNumbers(text: string | undefined): ReadonlyMap<string, number> {
  return new Map(
    (text ?? '').split('\n').flatMap((line): [string, number][] => {
      const [name, value] = line.split(' ');
      return name === undefined || value === undefined ? [] : [[name, Number(value)]];
    }),
  );
}
