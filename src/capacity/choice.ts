import { GB } from '../core/index.js';
import type { Hardware } from '../platform/machine/index.js';
import { createLoadControl, type CeilingReason, type LoadControl } from './load-control.js';
import { planSlots } from './slot-count.js';
import type { CostSource } from './talk-cost.js';

/** Capacity settings, named as in the configuration: `max_concurrent_sessions` and `load.*`. */
export interface CapacitySettings {
  readonly profile: string;
  readonly max_concurrent_sessions: number | 'auto';
  readonly load: {
    /** Share of the machine's capacity up to which devices are admitted. */
    readonly target: number | 'off';
    readonly cpu: number | 'auto';
    readonly memory_gb: number | 'auto';
    readonly slots: number | 'auto';
    readonly threads: number | 'auto';
  };
}

/** Capacity of a machine with these settings, before any device has talked. */
export interface CapacityChoice {
  /** Cores and memory that the server may use. */
  readonly supplyCores: number;
  readonly supplyBytes: number;
  readonly slots: number;
  readonly threads: number;
  /** Undefined if `load.target` is `off`. */
  readonly load: LoadControl | undefined;
}

/** Conversations per CPU slot if nothing else limits them. A cautious guess. */
const UNMEASURED_PER_SLOT = 5;

/**
 * `selfTestedCores` are the cores per conversation that the self-test measured. If `live.current` changes later, only
 * its `max_concurrent_sessions` takes effect.
 */
export function chooseCapacity(
  hardware: Hardware,
  live: { readonly current: CapacitySettings },
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

/** Returns infinity if no number is configured. The load is then the limit, or a guess if load is not measured. */
export function configuredMax(settings: CapacitySettings): number {
  return settings.max_concurrent_sessions === 'auto' ? Number.POSITIVE_INFINITY : settings.max_concurrent_sessions;
}

export function talkingLimit(
  settings: CapacitySettings,
  { load, slots }: Pick<CapacityChoice, 'load' | 'slots'>,
): number {
  const configured = configuredMax(settings);
  if (load) return Math.min(configured, load.view().conversations);
  return configured === Number.POSITIVE_INFINITY ? slots * UNMEASURED_PER_SLOT : configured;
}

/** The limits chosen for this machine and their reasons. Plain data for the terminal, `/readyz` and scripts. */
export interface CapacityFacts {
  readonly profile: string;
  readonly cores: number;
  /** CPU quota of the container, in cores. Undefined if there is no quota. */
  readonly cpuQuota: number | undefined;
  /** Cores and memory that the server may use. */
  readonly supplyCores: number;
  readonly supplyGb: number;
  readonly slots: number;
  /** Number of devices that may talk at once now. */
  readonly talking: number;
  readonly target: number | 'off';
  readonly reason: CeilingReason;
  /** Where the cost of a conversation comes from. Undefined if load is not measured. */
  readonly source: CostSource | undefined;
  readonly costCores: number | undefined;
}

export function capacityFacts(settings: CapacitySettings, hardware: Hardware, choice: CapacityChoice): CapacityFacts {
  const view = choice.load?.view();
  return {
    profile: settings.profile,
    cores: hardware.cores,
    cpuQuota: hardware.cpuQuota,
    supplyCores: Math.round(choice.supplyCores * 100) / 100,
    supplyGb: Math.round((choice.supplyBytes / GB) * 10) / 10,
    slots: choice.slots,
    talking: talkingLimit(settings, choice),
    target: settings.load.target,
    reason: view?.reason ?? 'configured',
    source: view?.source,
    costCores: view && Math.round(view.costCores * 1000) / 1000,
  };
}
