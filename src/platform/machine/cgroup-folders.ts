import { posix } from 'node:path';

/** A folder of one control group that a process is in, or of one of its ancestors. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  /** v1: the controllers of this hierarchy; v2: empty, all are in one place. */
  readonly controllers: readonly string[];
  readonly folder: string;
  /** The group itself: 0, its parent: 1, … */
  readonly above: number;
}

/** Where v2 is mounted: alone, or beside v1 (systemd's hybrid layout). */
const V2_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];
const V1_CONTROLLERS = new Set(['cpu', 'cpuacct', 'memory']);

/**
 * The folders whose limits apply, by the text of /proc/PID/cgroup: the process's own groups and all their ancestors. Inside
 * a container the path may be the host's and not exist; the ancestors include the mount's root, which is then the container's.
 */
export function cgroupFolders(procCgroup: string): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (const line of procCgroup.split('\n')) {
    const [, named, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (named === undefined || path === undefined) continue;
    if (named === '') for (const mount of V2_MOUNTS) folders.push(...withAncestors(2, [], mount, path));
    const controllers = named.split(',').filter((controller) => V1_CONTROLLERS.has(controller));
    // Hierarchies of several controllers have a link for each.
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
