import { type CgroupFolder, cgroupFolders, cgroupLimits, foldersWith, keyedNumbers } from './cgroup.js';
import { parsePressure, type Pressure } from './load.js';
import type { ReadText } from './read-text.js';

/** A value is undefined if the kernel does not report it. */
export interface CgroupUsage {
  readonly version: 1 | 2;
  /** CPU time of all processes since the group was created. */
  readonly cpuSeconds: number | undefined;
  /** Smallest quota of the group and its ancestors, in cores. Undefined without a quota. */
  readonly cpuQuota: number | undefined;
  /** Scheduling periods of the group with the quota. The group used up its quota in `throttledPeriods` of them. */
  readonly periods: number | undefined;
  readonly throttledPeriods: number | undefined;
  readonly throttledSeconds: number | undefined;
  /** Includes page cache. */
  readonly memoryBytes: number | undefined;
  /** Memory without the page cache that can be dropped at once. Compare this value with the limit. */
  readonly workingSetBytes: number | undefined;
  /** Smallest limit of the group and its ancestors. Undefined without a limit. */
  readonly memoryLimitBytes: number | undefined;
  /** Only with cgroup v2. */
  readonly cpuPressure: Pressure | undefined;
}

export interface CgroupReader {
  read(): CgroupUsage;
}

/** Returns undefined without cgroups. Folders and limits are looked up once, which keeps each reading cheap. */
export function openCgroup(pid: number, readText: ReadText): CgroupReader | undefined {
  const folders = cgroupFolders(readText(`/proc/${pid}/cgroup`) ?? '');
  const cpu = nearest(folders, 'cpu', readText, (folder) => (folder.version === 2 ? 'cpu.stat' : 'cpu.cfs_period_us'));
  const accounting = nearest(folders, 'cpuacct', readText, accountingFile);
  const memory = nearest(folders, 'memory', readText, memoryFile);
  const version = (cpu ?? accounting ?? memory)?.version;
  if (version === undefined) return undefined;
  const limits = folders.map((folder) => ({ folder, ...cgroupLimits(folder, readText) }));
  const quota = smallest(limits, (limit) => limit.cpuQuota);
  const memoryLimitBytes = smallest(limits, (limit) => limit.memoryBytes)?.memoryBytes;
  const throttlingFolder = (quota?.folder ?? cpu)?.folder;

  return {
    read: () => {
      const throttled = keyedNumbers(throttlingFolder && readText(`${throttlingFolder}/cpu.stat`));
      const memoryBytes = memory && whole(readText(`${memory.folder}/${memoryFile(memory)}`));
      const stat = keyedNumbers(memory && readText(`${memory.folder}/memory.stat`));
      const droppable = stat.get(memory?.version === 2 ? 'inactive_file' : 'total_inactive_file') ?? 0;
      const throttledUs = throttled.get('throttled_usec') ?? divided(throttled.get('throttled_time'), 1000);
      return {
        version,
        cpuSeconds: accounting && cpuSeconds(accounting, readText),
        cpuQuota: quota?.cpuQuota,
        periods: throttled.get('nr_periods'),
        throttledPeriods: throttled.get('nr_throttled'),
        throttledSeconds: divided(throttledUs, 1e6),
        memoryBytes,
        workingSetBytes: memoryBytes === undefined ? undefined : Math.max(0, memoryBytes - droppable),
        memoryLimitBytes,
        cpuPressure: parsePressure(cpu?.version === 2 ? readText(`${cpu.folder}/cpu.pressure`) : undefined),
      };
    },
  };
}

function accountingFile({ version }: CgroupFolder): string {
  return version === 2 ? 'cpu.stat' : 'cpuacct.usage';
}

function memoryFile({ version }: CgroupFolder): string {
  return version === 2 ? 'memory.current' : 'memory.usage_in_bytes';
}

function nearest(
  folders: readonly CgroupFolder[],
  controller: string,
  readText: ReadText,
  fileIn: (folder: CgroupFolder) => string,
): CgroupFolder | undefined {
  return foldersWith(folders, controller).find(
    (folder) => readText(`${folder.folder}/${fileIn(folder)}`) !== undefined,
  );
}

function cpuSeconds(group: CgroupFolder, readText: ReadText): number | undefined {
  const text = readText(`${group.folder}/${accountingFile(group)}`);
  return group.version === 2 ? divided(keyedNumbers(text).get('usage_usec'), 1e6) : divided(whole(text), 1e9);
}

function smallest<T>(items: readonly T[], of: (item: T) => number | undefined): T | undefined {
  return items.reduce<T | undefined>(
    (least, item) => ((of(item) ?? Infinity) < ((least && of(least)) ?? Infinity) ? item : least),
    undefined,
  );
}

function whole(text: string | undefined): number | undefined {
  const value = Number(text?.trim());
  return text !== undefined && Number.isFinite(value) ? value : undefined;
}

function divided(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

/** Counts since the group was created. */
export interface MemoryEvents {
  readonly folder: string;
  /** Processes that were killed because the group had no memory left. */
  readonly kills: number;
  /** How often the group reached its limit, so that the kernel had to reclaim memory. */
  readonly limitMet: number;
}

/** Returns undefined if the kernel does not report the counts. */
export function readMemoryEvents(pid: number | 'self', readText: ReadText): MemoryEvents | undefined {
  for (const folder of foldersWith(cgroupFolders(readText(`/proc/${pid}/cgroup`) ?? ''), 'memory')) {
    const events = eventsIn(folder, readText);
    if (events) return events;
  }
  return undefined;
}

function eventsIn({ version, folder }: CgroupFolder, readText: ReadText): MemoryEvents | undefined {
  if (version === 2) {
    const text = readText(`${folder}/memory.events`);
    if (text === undefined) return undefined;
    const counts = keyedNumbers(text);
    return { folder, kills: counts.get('oom_kill') ?? 0, limitMet: counts.get('max') ?? 0 };
  }
  const control = readText(`${folder}/memory.oom_control`);
  const failures = readText(`${folder}/memory.failcnt`);
  if (control === undefined && failures === undefined) return undefined;
  // Before Linux 4.13, the kernel reports no `oom_kill`, so `kills` is 0.
  return { folder, kills: keyedNumbers(control).get('oom_kill') ?? 0, limitMet: Number(failures?.trim() ?? 0) || 0 };
}
