import { readHardware } from '../../platform/machine/index.js';

/** Cores and memory that a server started here may use: its processes are in the same control group. */
export function usableLimits(): { readonly usableCores: number; readonly memoryLimitBytes: number } {
  const { cores, cpuQuota, memoryBytes } = readHardware();
  return { usableCores: Math.min(cores, cpuQuota ?? Infinity), memoryLimitBytes: memoryBytes };
}
