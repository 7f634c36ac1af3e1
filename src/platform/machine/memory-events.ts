import { type CgroupFolder, cgroupFolders } from './cgroup-folders.js';
import type { ReadText } from './read-text.js';

/** What the kernel counted in a process's control group since the group was made. */
export interface MemoryEvents {
  readonly folder: string;
  /** Processes that were ended because the group's memory was used up. */
  readonly kills: number;
  /** Times the group met its limit and memory had to be taken back. */
  readonly limitMet: number;
}

/** Of the group that `pid` is in, or the nearest ancestor that can be seen from here. Undefined: the kernel does not count. */
export function readMemoryEvents(pid: number | 'self', readText: ReadText): MemoryEvents | undefined {
  const folders = cgroupFolders(readText(`/proc/${pid}/cgroup`) ?? '')
    .filter(({ version, controllers }) => version === 2 || controllers.includes('memory'))
    .sort((a, b) => a.version - b.version || a.above - b.above);
  for (const folder of folders) {
    const events = eventsIn(folder, readText);
    if (events) return events;
  }
  return undefined;
}

function eventsIn({ version, folder }: CgroupFolder, readText: ReadText): MemoryEvents | undefined {
  if (version === 2) {
    const text = readText(`${folder}/memory.events`);
    return text === undefined ? undefined : { folder, kills: number(text, 'oom_kill'), limitMet: number(text, 'max') };
  }
  const control = readText(`${folder}/memory.oom_control`);
  const failures = readText(`${folder}/memory.failcnt`);
  if (control === undefined && failures === undefined) return undefined;
  // `oom_kill` is there since Linux 4.13.
  return { folder, kills: number(control ?? '', 'oom_kill'), limitMet: Number(failures?.trim() ?? 0) || 0 };
}

function number(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
