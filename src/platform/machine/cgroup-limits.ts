import type { CgroupFolder } from './cgroup-folders.js';
import type { ReadText } from './read-text.js';

/** What one control group allows; undefined: no limit here. */
export interface CgroupLimits {
  /** Cores (CFS bandwidth), e.g. 1.5. */
  readonly cpuQuota: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** cgroup v1 reports "no limit" as a number near 2^63 rounded to pages. */
const V1_UNLIMITED_BYTES = 2 ** 60;

export function cgroupLimits({ version, folder }: CgroupFolder, readText: ReadText): CgroupLimits {
  if (version === 2) {
    const [quota, period] = (readText(`${folder}/cpu.max`) ?? '').trim().split(/\s+/).map(Number);
    return { cpuQuota: ratio(quota, period), memoryBytes: positive(Number(readText(`${folder}/memory.max`)?.trim())) };
  }
  const quota = Number(readText(`${folder}/cpu.cfs_quota_us`)?.trim());
  const period = Number(readText(`${folder}/cpu.cfs_period_us`)?.trim());
  const memory = positive(Number(readText(`${folder}/memory.limit_in_bytes`)?.trim()));
  return {
    cpuQuota: ratio(quota, period),
    memoryBytes: memory !== undefined && memory < V1_UNLIMITED_BYTES ? memory : undefined,
  };
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  const above = positive(quota ?? Number.NaN);
  const below = positive(period ?? Number.NaN);
  return above === undefined || below === undefined ? undefined : above / below;
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
