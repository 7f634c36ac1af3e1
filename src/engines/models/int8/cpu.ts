import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { InstalledVariant } from '../model-store-port.js';

/** What the kernels of the runtime are chosen by. */
export interface Cpu {
  /** As the system calls it, with family, model and stepping: virtual machines give all their CPUs one name. */
  readonly name: string;
  /**
   * Multiplies uint8 by int8 with 32-bit sums (`vpdpbusd`). Without it the runtime uses `vpmaddubsw`, whose sums are
   * 16 bits wide and saturate: other results, not only slower ones.
   */
  readonly vnni: boolean;
}

const VNNI_FLAGS = ['avx512_vnni', 'avx_vnni'];

/** This machine. On systems that do not list their CPU's abilities as Linux does it is taken to have none. */
export function readCpu(readText: (path: string) => string | undefined = readTextFile): Cpu {
  const info = readText('/proc/cpuinfo') ?? '';
  const lines = info.split('\n').filter((line) => /^flags\s*:/.test(line));
  // Cores may differ; a process may run on any of them.
  const vnni = lines.length > 0 && lines.every((line) => VNNI_FLAGS.some((flag) => line.split(/\s+/).includes(flag)));
  const numbers = ['cpu family', 'model', 'stepping'].map(
    (key) => new RegExp(`^${key}\\s*:\\s*(\\d+)`, 'm').exec(info)?.[1] ?? '?',
  );
  return { name: `${cpus()[0]?.model.trim() ?? 'unknown'} (${numbers.join('/')})`, vnni };
}

/** CPU and runtime: results that were equal on one pair say nothing about another. */
export function verificationKey(cpu: Cpu = readCpu()): string {
  const { version } = createRequire(import.meta.url)('sherpa-onnx-node/package.json') as { version: string };
  return `${cpu.name}; sherpa-onnx-node ${version}`;
}

/** Whether a variant that lies there may be used on this machine. */
export function isVariantUsable(variant: InstalledVariant, cpu: Cpu = readCpu()): boolean {
  return cpu.vnni && variant.verifiedOn === verificationKey(cpu);
}

function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Not Linux.
  }
}
