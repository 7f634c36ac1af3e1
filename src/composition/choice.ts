import type { Config } from '../config/index.js';
import type { Hardware } from '../platform/machine/index.js';
import { createLoadControl, type LoadControl, planSlots } from '../capacity/index.js';

/** The limits that the configuration gives a machine before any conversation. */
export interface CapacityChoice {
  /** Cores and memory that the server reckons with. */
  readonly supplyCores: number;
  readonly supplyBytes: number;
  readonly slots: number;
  /** Threads of one inference. */
  readonly threads: number;
  /** Undefined: `load.target` is off. */
  readonly load: LoadControl | undefined;
}

const GB = 1024 ** 3;
/** Conversations per CPU slot with `load.target: off` and no number: the cautious table that `auto` begins with. */
const UNMEASURED_PER_SLOT = 5;

/** `selfTestedCores`: measured cost of a conversation on this machine, if any. `live`: the configuration in force. */
export function chooseCapacity(
  hardware: Hardware,
  live: { readonly current: Config },
  selfTestedCores?: number,
): CapacityChoice {
  const { load } = live.current;
  const { cores, cpuQuota, memoryBytes } = hardware;
  const quota = load.cpu === 'auto' ? cpuQuota : Math.min(load.cpu, cpuQuota ?? Infinity);
  const supplyCores = Math.min(cores, quota ?? Infinity);
  const supplyBytes = load.memory_gb === 'auto' ? memoryBytes : Math.min(memoryBytes, load.memory_gb * GB);
  const { slots, threads } = planSlots(
    { cores, quota },
    { slots: numberOf(load.slots), threads: numberOf(load.threads) },
  );
  if (load.target === 'off') return { supplyCores, supplyBytes, slots, threads, load: undefined };
  const control = createLoadControl({
    target: load.target,
    supplyCores,
    supplyBytes,
    slots,
    get max() {
      return configuredMax(live.current);
    },
  });
  if (selfTestedCores !== undefined) control.selfTested(selfTestedCores);
  return { supplyCores, supplyBytes, slots, threads, load: control };
}

const numberOf = (value: number | 'auto'): number | undefined => (value === 'auto' ? undefined : value);

/** Turns at once by the configuration; Infinity: load decides. */
export function configuredMax(config: Config): number {
  return config.max_concurrent_sessions === 'auto' ? Number.POSITIVE_INFINITY : config.max_concurrent_sessions;
}

/** How many may talk now. */
export function talkingLimit(config: Config, { load, slots }: Pick<CapacityChoice, 'load' | 'slots'>): number {
  const configured = configuredMax(config);
  if (load) return Math.min(configured, load.view().conversations);
  return configured === Number.POSITIVE_INFINITY ? slots * UNMEASURED_PER_SLOT : configured;
}
