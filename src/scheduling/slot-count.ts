/** What the machine, or its container, offers. */
export interface CpuSupply {
  /** Cores this process may run on. */
  readonly cores: number;
  /** CPU time a container is allowed, in cores (CFS quota / period); undefined: no quota. */
  readonly quota: number | undefined;
}

/**
 * How many inference jobs may run at once. Without a quota every core carries one, because niced children give way to
 * the pacer by themselves. Under a CFS quota half a core is kept free, for nice does not protect from throttling
 * (architecture.md section 4: quota 1.5 with two burning slots made the pacer 29 ms late, with one 0.8 ms).
 */
export function slotCount({ cores, quota }: CpuSupply): number {
  const whole = Math.max(1, Math.floor(cores));
  return quota === undefined ? whole : Math.max(1, Math.min(whole, Math.floor(quota - 0.5)));
}
