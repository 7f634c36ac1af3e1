import { availableParallelism, cpus, totalmem } from 'node:os';
import { cgroupFolders, cgroupLimits } from './cgroup.js';
import { type ReadText, readTextFile } from './read-text.js';

export interface Hardware {
  /** Cores that this process may use, after CPU affinity. */
  readonly cores: number;
  /** CPU quota in cores, e.g. 1.5. Undefined without a quota. */
  readonly cpuQuota: number | undefined;
  /** The smaller of the machine's memory and the cgroup's limit. */
  readonly memoryBytes: number;
}

/** With `pid`, reads the control group of another process. Never throws. */
export function readHardware(
  readText: ReadText = readTextFile,
  machine = { cores: availableParallelism(), memoryBytes: totalmem() },
  pid: number | 'self' = 'self',
): Hardware {
  const limits = cgroupFolders(readText(`/proc/${pid}/cgroup`) ?? '').map((folder) => cgroupLimits(folder, readText));
  const quotas = limits.flatMap(({ cpuQuota }) => cpuQuota ?? []);
  return {
    cores: machine.cores,
    cpuQuota: quotas.length > 0 ? Math.min(...quotas) : undefined,
    memoryBytes: Math.min(machine.memoryBytes, ...limits.flatMap(({ memoryBytes }) => memoryBytes ?? [])),
  };
}

/** Properties of a machine that every published measurement must state. */
export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** True if the CPU has 8-bit dot products. They make quantised models about twice as fast. */
  readonly vnni: boolean;
  readonly node: string;
  readonly os: string;
}

export function describeMachine(readText: ReadText = readTextFile): MachineDescription {
  const info = readText('/proc/cpuinfo') ?? '';
  const model = /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? cpus()[0]?.model ?? 'unknown';
  const flags = /^flags\s*:\s*(.+)$/m.exec(info)?.[1] ?? '';
  return {
    cpu: model.trim(),
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    vnni: /\bavx512_vnni\b|\bavx_vnni\b/.test(flags),
    node: process.version,
    os: /^PRETTY_NAME="(.+)"$/m.exec(readText('/etc/os-release') ?? '')?.[1] ?? process.platform,
  };
}
