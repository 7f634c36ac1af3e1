import { cpus, totalmem } from 'node:os';
import { type ReadText, readTextFile } from './read-text.js';

/** What a figure must be quoted with. */
export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** 8-bit dot products in hardware: quantised models are about twice as fast with them. */
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
