import type { Clock } from '../../core/index.js';
import type { DeviceLink } from '../device-port.js';

/**
 * In this time plus {@link HELD_AFTER_MS}, a link can hold back 17 packets unnoticed. Even a device with a queue of 20
 * packets has room for them.
 */
const LOOK_EVERY_MS = 700;
/** A pong later than usual by more than this means that the network holds packets back. */
const HELD_AFTER_MS = 300;
/** The usual delay is the shortest of this many recent pongs, because the route may change. */
const USUAL_OF = 8;
const GONE_AFTER_MS = 10_000;

/**
 * Concludes from the delay of pongs whether packets reach the device. The kernel accepts 2 s of speech without an
 * error. So only an answer shows that packets arrive.
 */
export class LinkProbe implements DeviceLink {
  readonly #delaysMs: number[] = [];
  #askedAtMs: number | undefined;
  #lastAskedMs = -Infinity;
  /** When the last answered ping was sent. All earlier packets have arrived. */
  #arrivedMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly ping: () => void,
  ) {}

  look(anyway = false): void {
    const nowMs = this.clock.nowMs();
    if (this.#askedAtMs !== undefined || (!anyway && nowMs - this.#lastAskedMs < LOOK_EVERY_MS)) return;
    this.#askedAtMs = this.#lastAskedMs = nowMs;
    this.ping();
  }

  answered(): void {
    if (this.#askedAtMs === undefined) return;
    this.#delaysMs.push(this.clock.nowMs() - this.#askedAtMs);
    if (this.#delaysMs.length > USUAL_OF) this.#delaysMs.shift();
    this.#arrivedMs = this.#askedAtMs;
    this.#askedAtMs = undefined;
  }

  heldSinceMs(): number | undefined {
    const askedAtMs = this.#waiting(Math.min(...this.#delaysMs) + HELD_AFTER_MS);
    // Holding began after the last answered ping, and at most `LOOK_EVERY_MS` before this ping. The middle is the best
    // estimate.
    if (askedAtMs === undefined) return undefined;
    return (Math.max(this.#arrivedMs, askedAtMs - LOOK_EVERY_MS) + askedAtMs) / 2;
  }

  /** True if a ping was not answered for so long that the device has no power or is out of reach. */
  get gone(): boolean {
    return this.#waiting(GONE_AFTER_MS) !== undefined;
  }

  #waiting(forMs: number): number | undefined {
    if (this.#askedAtMs === undefined || this.#delaysMs.length === 0) return undefined;
    return this.clock.nowMs() - this.#askedAtMs > forMs ? this.#askedAtMs : undefined;
  }
}

/** Firmware up to 1.8.9 loses the connection because of a ping (docs/protocol.md 2.1). Unknown versions get none. */
export function answersPings(firmwareVersion: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/u.exec(firmwareVersion ?? '') ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 9);
}
