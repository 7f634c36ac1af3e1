import { readHardware } from '../../platform/machine/index.js';

/** Limits of a server that this process starts. They are its own, because both are in the same control group. */
export function usableLimits(): { readonly usableCores: number; readonly memoryLimitBytes: number } {
  const { cores, cpuQuota, memoryBytes } = readHardware();
  return { usableCores: Math.min(cores, cpuQuota ?? Infinity), memoryLimitBytes: memoryBytes };
}
