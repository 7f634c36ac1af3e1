import { readHardware, type ReadText } from '../../platform/machine/index.js';

/** Limits of a process of this machine. Without an id, those of this process. */
export function usableLimits(
  pid?: number,
  readText?: ReadText,
): { readonly usableCores: number; readonly memoryLimitBytes: number } {
  const { cores, cpuQuota, memoryBytes } = readHardware(readText, undefined, pid);
  return { usableCores: Math.min(cores, cpuQuota ?? Infinity), memoryLimitBytes: memoryBytes };
}
