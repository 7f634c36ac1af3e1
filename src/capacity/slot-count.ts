/** CPU supply of the machine or its container. */
export interface CpuSupply {
  /** Cores this process may run on. */
  readonly cores: number;
  /** CPU time a container is allowed, in cores (CFS quota / period); undefined: no quota. */
  readonly quota: number | undefined;
}

/**
 * Number of inference jobs that may run at once. Without a quota every core carries one, because child processes of
 * lower priority do not delay the pacer. Under a CFS quota half a core is kept free, because nice does not protect from
 * throttling (measured with a quota of 1.5 cores: two busy slots made the pacer 29 ms late, and one slot 0.8 ms).
 */
export function slotCount({ cores, quota }: CpuSupply): number {
  const whole = Math.max(1, Math.floor(cores));
  return quota === undefined ? whole : Math.max(1, Math.min(whole, Math.floor(quota - 0.5)));
}

/** Number of inference jobs at once, and the threads of each. */
export interface SlotPlan {
  readonly slots: number;
  readonly threads: number;
}

/**
 * The requested slots and threads (undefined: one thread a job on every core, which carries the most devices), reduced
 * so that slots times threads never exceed the cores: threads without a core spin and slow all jobs down.
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
