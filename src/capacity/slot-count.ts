export interface CpuSupply {
  /** Cores that this process may run on. */
  readonly cores: number;
  /** CPU time that a container may use, in cores (CFS quota / period). Undefined if there is no quota. */
  readonly quota: number | undefined;
}

/**
 * The number of inference jobs that may run at once. Under a CFS quota, half a core stays free for audio, because the
 * low priority of inference does not prevent throttling. With a quota of 1.5 cores, audio was 29 ms late with two busy
 * slots, and 0.8 ms with one.
 */
export function slotCount({ cores, quota }: CpuSupply): number {
  const whole = Math.max(1, Math.floor(cores));
  return quota === undefined ? whole : Math.max(1, Math.min(whole, Math.floor(quota - 0.5)));
}

export interface SlotPlan {
  readonly slots: number;
  readonly threads: number;
}

/**
 * Reduces the wanted numbers until slots times threads fit the cores, because threads without a core would spin and
 * slow down all jobs. By default, each job has one thread, which serves the most devices.
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
