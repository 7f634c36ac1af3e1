import { cpus, totalmem } from 'node:os';
import { readFileSync, readdirSync } from 'node:fs';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly vnni: boolean;
  readonly node: string;
  readonly os: string;
}

/** What a figure must be quoted with. */
export function describeMachine(): Machine {
  const info = readOr('/proc/cpuinfo', '');
  const model = /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? cpus()[0]?.model ?? 'unknown';
  const flags = /^flags\s*:\s*(.+)$/m.exec(info)?.[1] ?? '';
  return {
    cpu: model.trim(),
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    vnni: /\bavx512_vnni\b|\bavx_vnni\b/.test(flags),
    node: process.version,
    os: /^PRETTY_NAME="(.+)"$/m.exec(readOr('/etc/os-release', ''))?.[1] ?? process.platform,
  };
}

export interface ProcessMemory {
  readonly pid: number;
  readonly command: string;
  readonly pssBytes: number;
}

/** Proportional set size of a process and all its descendants: shared pages count once. Linux only. */
export function processTreeMemory(rootPid: number): readonly ProcessMemory[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = readOr(`/proc/${pid}/stat`, '');
    // The command in parentheses may hold spaces; what follows it does not.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree: ProcessMemory[] = [];
  const visit = (pid: number): void => {
    const kilobytes = Number(/^Pss:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/smaps_rollup`, ''))?.[1] ?? 0);
    tree.push({ pid, command: readOr(`/proc/${pid}/cmdline`, '').split('\0').filter(Boolean).slice(-2).join(' '), pssBytes: kilobytes * 1024 });
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(rootPid);
  return tree;
}

/** Seconds of CPU (user and system) that a process and its living descendants have used. */
export function processTreeCpuSeconds(rootPid: number): number {
  // 100 ticks a second on every Linux that Node runs on.
  return processTreeMemory(rootPid).reduce((sum, { pid }) => {
    const stat = readOr(`/proc/${pid}/stat`, '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
  }, 0);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise; // the process has ended meanwhile, or this is not Linux
  }
}
