/** Machine sizes by cores and GB (docs/deploy.md, "Choose a size"). `auto` is not a size. */
export const PROFILES = ['2c4g', '4c8g', '8c16g'] as const;
export type ProfileName = (typeof PROFILES)[number];

/** The cautious numbers from the table in docs/deploy.md. */
interface SizeLimits {
  readonly cores: number;
  readonly sessions: number;
  /** Number of workers for each of recognition, language model and voice. */
  readonly workers: number;
  /** Cores that the server may use. The others are for the operating system. */
  readonly cpu: number;
  readonly memoryGb: number;
}

/** With the limits in docs/deploy.md, CPU and memory should stay below 70 % (docs/monitor.md, "The targets"). */
const SIZES: Readonly<Record<ProfileName, SizeLimits>> = {
  '2c4g': { cores: 2, sessions: 1, workers: 1, cpu: 1.5, memoryGb: 3 },
  '4c8g': { cores: 4, sessions: 2, workers: 2, cpu: 3, memoryGb: 6 },
  '8c16g': { cores: 8, sessions: 4, workers: 4, cpu: 6, memoryGb: 12 },
};

/** A key that somebody sets overrides the profile. */
export function profileSettings(profile: ProfileName): ReadonlyMap<string, number> {
  const { sessions, workers, cpu, memoryGb } = SIZES[profile];
  return new Map([
    ['max_concurrent_sessions', sessions],
    ['asr.max_workers', workers],
    ['llm.max_workers', workers],
    ['tts.max_workers', workers],
    ['load.cpu', cpu],
    ['load.memory_gb', memoryGb],
  ]);
}

/** The machine for which a profile is meant, with its container's limits (docs/deploy.md). */
export function profileMachine(profile: ProfileName): {
  readonly cores: number;
  readonly cpuQuota: number;
  readonly memoryGb: number;
} {
  const { cores, cpu, memoryGb } = SIZES[profile];
  return { cores, cpuQuota: cpu, memoryGb };
}

export function isProfile(value: unknown): value is ProfileName {
  return PROFILES.some((name) => name === value);
}
