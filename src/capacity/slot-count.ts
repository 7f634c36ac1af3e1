/** CPU supply of the machine or its container. */
export interface CpuSupply {
  /** Number of cores that this process may run on. */
  readonly cores: number;
  /** CPU time that a container may use, in cores (CFS quota / period). Undefined: no quota. */
  readonly quota: number | undefined;
}

/**
 * Returns the number of inference jobs that may run at once. Without a quota, each core runs one job, because child
 * processes of lower priority do not delay the pacer, which sends audio to the devices in time. Under a CFS quota half
 * a core stays free, because a low priority does not prevent throttling. Measured with a quota of 1.5 cores: two busy
 * slots made the pacer 29 ms late, one slot 0.8 ms.
 */
export function slotCount({ cores, quota }: CpuSupply): number {
  const whole = Math.max(1, Math.floor(cores));
  return quota === undefined ? whole : Math.max(1, Math.min(whole, Math.floor(quota - 0.5)));
}

/** Number of concurrent inference jobs, and threads per job. */
export interface SlotPlan {
  readonly slots: number;
  readonly threads: number;
}

/**
 * Returns the requested slots and threads, reduced so that slots times threads never exceed the cores. Threads without
 * a core would spin and slow down all jobs. If the numbers are undefined, every core runs one job with one thread,
 * which serves the most devices.
 */
export function planSlots(
  supply: CpuSupply,
  wanted: { readonly slots: number | undefined; readonly threads: number | undefined },
): SlotPlan {
  const given = Math.max(1, Math.min(Math.floor(supply.cores), Math.ceil(supply.quota ?? Number.POSITIVE_INFINITY)));
  const safe = slotCount(supply);
  const threads = Math.max(1, Math.min(wanted.threads ?? 1, wanted.slots === undefined ? safe : given));
  return {
    threads,
    slots: Math.max(1, Math.min(wanted.slots ?? Math.floor(safe / threads), Math.floor(given / threads))),
  };
}
