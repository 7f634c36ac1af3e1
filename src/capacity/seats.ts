interface Seat {
  turns: number;
  /** When the seat expires, unless a turn is in progress. */
  untilMs: number;
}

/**
 * Counts devices in a conversation. Each device has one seat. The seat remains for `seatMs` after a turn, because
 * another turn is likely.
 */
export class Seats {
  readonly #seats = new Map<string, Seat>();
  #talking = 0;

  constructor(private readonly seatMs: number) {}

  /** Number of turns in progress. */
  get talking(): number {
    return this.#talking;
  }

  taken(nowMs: number): number {
    for (const [deviceId, seat] of this.#seats)
      if (seat.turns === 0 && seat.untilMs <= nowMs) this.#seats.delete(deviceId);
    return this.#seats.size;
  }

  /** Seats with a turn in progress, or whose last turn ended less than `pauseMs` ago. */
  active(nowMs: number, pauseMs: number): number {
    let active = 0;
    for (const { turns, untilMs } of this.#seats.values())
      if (turns > 0 || nowMs < untilMs - this.seatMs + pauseMs) active += 1;
    return active;
  }

  has(deviceId: string, nowMs: number): boolean {
    const seat = this.#seats.get(deviceId);
    return seat !== undefined && (seat.turns > 0 || seat.untilMs > nowMs);
  }

  begin(deviceId: string): void {
    this.#talking += 1;
    const seat = this.#seats.get(deviceId);
    if (seat) seat.turns += 1;
    else this.#seats.set(deviceId, { turns: 1, untilMs: 0 });
  }

  end(deviceId: string, nowMs: number): void {
    this.#talking -= 1;
    const seat = this.#seats.get(deviceId);
    if (!seat) return;
    seat.turns -= 1;
    seat.untilMs = nowMs + this.seatMs;
  }

  /** Does nothing while a turn is in progress. */
  release(deviceId: string): void {
    if (this.#seats.get(deviceId)?.turns === 0) this.#seats.delete(deviceId);
  }

  /** When the first seat expires. Infinity if no seat is taken, or each has a turn in progress. */
  nextFreeMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { turns, untilMs } of this.#seats.values()) if (turns === 0) nextMs = Math.min(nextMs, untilMs);
    return nextMs;
  }
}
