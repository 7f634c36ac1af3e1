interface Refusal {
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Number of refusals in a row. */
  readonly times: number;
}

/**
 * A refused device keeps its place for this long after its last attempt, because it plays "busy" and its user then
 * tries again.
 */
const REMEMBER_MS = 120_000;
/**
 * A seat is reserved for this long for a device that is owed a turn. "Busy" takes 3 s to play, and then its user speaks
 * again.
 */
const EXPECTED_BACK_MS = 15_000;
/** Maximum number of remembered refusals. Above this number, the oldest is forgotten. */
const MAX_REMEMBERED = 1024;

/** Refused devices, with the time of the first refusal and the number of refusals in a row. Pure: time is passed in. */
export class Refusals {
  readonly #refusals = new Map<string, Refusal>();
  /** The refused devices that are owed a turn. This set avoids a search through all devices in each call. */
  readonly #owed = new Set<string>();

  /** `owedAfter`: number of refusals in a row after which a device is owed a turn. */
  constructor(private readonly owedAfter: number) {}

  add(deviceId: string, sinceMs: number, nowMs: number): void {
    const times = (this.#remembered(deviceId, nowMs)?.times ?? 0) + 1;
    this.forget(deviceId);
    this.#refusals.set(deviceId, { sinceMs, lastMs: nowMs, times });
    if (times >= this.owedAfter) this.#owed.add(deviceId);
    if (this.#refusals.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#refusals.keys()) {
      this.forget(oldest);
      return;
    }
  }

  /** Call it when the device got its turn. */
  forget(deviceId: string): void {
    this.#refusals.delete(deviceId);
    this.#owed.delete(deviceId);
  }

  /** Returns the time since which the device has wanted to talk. */
  wantingSince(deviceId: string, nowMs: number): number {
    return this.#remembered(deviceId, nowMs)?.sinceMs ?? nowMs;
  }

  isOwed(deviceId: string, nowMs: number): boolean {
    return this.#owed.has(deviceId) && this.#remembered(deviceId, nowMs) !== undefined;
  }

  /** Number of devices that are owed a turn and are expected back soon. */
  expected(nowMs: number): number {
    let count = 0;
    for (const deviceId of this.#owed) if (this.#backUntilMs(deviceId) > nowMs) count += 1;
    return count;
  }

  /** When the first of these devices is given up. Infinity: no device is expected. */
  nextGivenUpMs(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const deviceId of this.#owed) {
      const untilMs = this.#backUntilMs(deviceId);
      if (untilMs > nowMs) nextMs = Math.min(nextMs, untilMs);
    }
    return nextMs;
  }

  #backUntilMs(deviceId: string): number {
    return (this.#refusals.get(deviceId)?.lastMs ?? Number.NEGATIVE_INFINITY) + EXPECTED_BACK_MS;
  }

  #remembered(deviceId: string, nowMs: number): Refusal | undefined {
    const refusal = this.#refusals.get(deviceId);
    return refusal && nowMs - refusal.lastMs < REMEMBER_MS ? refusal : undefined;
  }
}
