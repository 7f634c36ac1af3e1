interface Refusal {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly times: number;
}

/** How long a refused device keeps its place. The device plays "busy", and its user then tries again. */
const REMEMBER_MS = 120_000;
/** How long a seat is reserved for a device that is owed a turn. Its "busy" sentence plays for 3 s. */
const EXPECTED_BACK_MS = 15_000;
/** Above this number, the oldest refusal is forgotten. */
const MAX_REMEMBERED = 1024;

/** Refused devices, with the time of the first refusal and the number of refusals in a row. */
export class Refusals {
  readonly #refusals = new Map<string, Refusal>();
  /** Devices that are owed a turn. This set saves a search through all devices in each call. */
  readonly #owed = new Set<string>();

  /** A device is owed a turn after `owedAfter` refusals in a row. */
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

  forget(deviceId: string): void {
    this.#refusals.delete(deviceId);
    this.#owed.delete(deviceId);
  }

  wantingSince(deviceId: string, nowMs: number): number {
    return this.#remembered(deviceId, nowMs)?.sinceMs ?? nowMs;
  }

  isOwed(deviceId: string, nowMs: number): boolean {
    return this.#owed.has(deviceId) && this.#remembered(deviceId, nowMs) !== undefined;
  }

  /** Number of devices that are owed a turn and probably ask again soon. */
  expected(nowMs: number): number {
    let count = 0;
    for (const deviceId of this.#owed) if (this.#backUntilMs(deviceId) > nowMs) count += 1;
    return count;
  }

  /** When the first of the expected devices is given up. Infinity if no device is expected. */
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
