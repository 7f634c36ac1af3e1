import { availableParallelism, totalmem } from 'node:os';
import { openCgroup, readTextFile, type ReadText } from '../../platform/machine/index.js';

/** Limits of a process of this machine. Without an id, those of this process. */
export function usableLimits(
  pid: number = process.pid,
  readText: ReadText = readTextFile,
): { readonly usableCores: number; readonly memoryLimitBytes: number } {
  const { cpuQuota, memoryLimitBytes } = openCgroup(pid, readText)?.read() ?? {};
  return {
    usableCores: Math.min(availableParallelism(), cpuQuota ?? Infinity),
    memoryLimitBytes: Math.min(totalmem(), memoryLimitBytes ?? Infinity),
  };
}
