import { type CgroupFolder, cgroupFolders } from './cgroup-folders.js';
import { cgroupLimits } from './cgroup-limits.js';
import { parsePressure, type Pressure } from './pressure.js';
import type { ReadText } from './read-text.js';

/** What a process's control group has used, and may use. Undefined: this kernel does not say. */
export interface CgroupUsage {
  readonly version: 1 | 2;
  /** CPU time of everything in the group since it was made. */
  readonly cpuSeconds: number | undefined;
  /** Tightest quota of the group and its ancestors, in cores; undefined: none. */
  readonly cpuQuota: number | undefined;
  /** CFS periods that passed, those in which the quota was used up, and the time lost to that; of the group with the quota. */
  readonly periods: number | undefined;
  readonly throttledPeriods: number | undefined;
  readonly throttledSeconds: number | undefined;
  /** Page cache included. */
  readonly memoryBytes: number | undefined;
  /** Without the page cache that can be dropped at once: what the limit is really about. */
  readonly workingSetBytes: number | undefined;
  /** Tightest limit of the group and its ancestors; undefined: none. */
  readonly memoryLimitBytes: number | undefined;
  /** v2 only. */
  readonly cpuPressure: Pressure | undefined;
}

export interface CgroupReader {
  read(): CgroupUsage;
}

/**
 * A reader for the group that `pid` is in now; undefined where there are no cgroups. Which folders there are, and their
 * limits, is looked up once: a reading is four or five small files.
 */
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
      const throttled = keyed(throttlingFolder && readText(`${throttlingFolder}/cpu.stat`));
      const memoryBytes = memory && whole(readText(`${memory.folder}/${memoryFile(memory)}`));
      const stat = keyed(memory && readText(`${memory.folder}/memory.stat`));
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

/** The process's own group, or the nearest ancestor that can be seen from here and has the file. v1 wins where both are mounted: it has the controllers. */
function nearest(
  folders: readonly CgroupFolder[],
  controller: string,
  readText: ReadText,
  fileIn: (folder: CgroupFolder) => string,
): CgroupFolder | undefined {
  return folders
    .filter(({ version, controllers }) => version === 2 || controllers.includes(controller))
    .sort((a, b) => a.version - b.version || a.above - b.above)
    .find((folder) => readText(`${folder.folder}/${fileIn(folder)}`) !== undefined);
}

function cpuSeconds(group: CgroupFolder, readText: ReadText): number | undefined {
  const text = readText(`${group.folder}/${accountingFile(group)}`);
  return group.version === 2 ? divided(keyed(text).get('usage_usec'), 1e6) : divided(whole(text), 1e9);
}

function smallest<T>(items: readonly T[], of: (item: T) => number | undefined): T | undefined {
  return items.reduce<T | undefined>(
    (least, item) => ((of(item) ?? Infinity) < ((least && of(least)) ?? Infinity) ? item : least),
    undefined,
  );
}

/** Lines of `name number`. */
function keyed(text: string | undefined): Map<string, number> {
  return new Map(
    (text ?? '').split('\n').flatMap((line): [string, number][] => {
      const [name, value] = line.split(' ');
      return name === undefined || value === undefined ? [] : [[name, Number(value)]];
    }),
  );
}

function whole(text: string | undefined): number | undefined {
  const value = Number(text?.trim());
  return text !== undefined && Number.isFinite(value) ? value : undefined;
}

function divided(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}
