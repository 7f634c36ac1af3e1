import type { Config } from '../config/index.js';
import type { Hardware } from '../platform/machine/index.js';
import type { CeilingReason, CostSource } from '../capacity/index.js';
import { type CapacityChoice, talkingLimit } from './choice.js';

/** The limits chosen for this machine and their reasons: plain data for the terminal, `/readyz` and scripts. */
export interface CapacityFacts {
  readonly profile: Config['profile'];
  readonly cores: number;
  /** Quota of the container, in cores; undefined: none. */
  readonly cpuQuota: number | undefined;
  /** Cores and memory that the server reckons with. */
  readonly supplyCores: number;
  readonly supplyGb: number;
  readonly slots: number;
  /** Devices that may talk at once, now. */
  readonly talking: number;
  readonly target: Config['load']['target'];
  readonly reason: CeilingReason;
  /** Source of the conversation's cost; undefined: load is not measured. */
  readonly source: CostSource | undefined;
  readonly costCores: number | undefined;
}

const GB = 1024 ** 3;

export function capacityFacts(config: Config, hardware: Hardware, choice: CapacityChoice): CapacityFacts {
  const view = choice.load?.view();
  return {
    profile: config.profile,
    cores: hardware.cores,
    cpuQuota: hardware.cpuQuota,
    supplyCores: Math.round(choice.supplyCores * 100) / 100,
    supplyGb: Math.round((choice.supplyBytes / GB) * 10) / 10,
    slots: choice.slots,
    talking: talkingLimit(config, choice),
    target: config.load.target,
    reason: view?.reason ?? 'configured',
    source: view?.source,
    costCores: view && Math.round(view.costCores * 1000) / 1000,
  };
}
