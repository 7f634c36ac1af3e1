import type { Clock } from '../../core/index.js';
import type { DeviceLink } from '../device-port.js';

/**
 * Time between two pings. A link can hold packets back unnoticed for this time plus {@link HELD_AFTER_MS}. These are 17
 * packets, for which a queue of 20 has room.
 */
const LOOK_EVERY_MS = 700;
/** If a pong is later than usual by more than this, the network holds packets back. */
const HELD_AFTER_MS = 300;
/**
 * The usual delay is the shortest among this many recent pongs. Older ones are ignored, because the route may have
 * changed.
 */
const USUAL_OF = 8;
/** If a ping is unanswered for this long, the device is gone. */
const GONE_AFTER_MS = 10_000;

/**
 * Concludes from the delay of pongs whether packets reach the device. The kernel accepts 2 s of speech and more without
 * an error, so only an answer from the device shows that packets arrived. Says nothing about a device that never
 * answered.
 */
export class LinkProbe implements DeviceLink {
  readonly #delaysMs: number[] = [];
  #askedAtMs: number | undefined;
  #lastAskedMs = -Infinity;
  /** Time at which the last answered ping was sent. All packets sent before it have arrived. */
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

  /** Call this when the pong has arrived. */
  answered(): void {
    if (this.#askedAtMs === undefined) return;
    this.#delaysMs.push(this.clock.nowMs() - this.#askedAtMs);
    if (this.#delaysMs.length > USUAL_OF) this.#delaysMs.shift();
    this.#arrivedMs = this.#askedAtMs;
    this.#askedAtMs = undefined;
  }

  heldSinceMs(): number | undefined {
    const askedAtMs = this.#waiting(Math.min(...this.#delaysMs) + HELD_AFTER_MS);
    // The link began to hold packets back between the last answered ping and this one. The middle of that time has the
    // smallest error.
    if (askedAtMs === undefined) return undefined;
    return (Math.max(this.#arrivedMs, askedAtMs - LOOK_EVERY_MS) + askedAtMs) / 2;
  }

  /** Whether the device has vanished, because it has no power or is out of reach. */
  get gone(): boolean {
    return this.#waiting(GONE_AFTER_MS) !== undefined;
  }

  #waiting(forMs: number): number | undefined {
    if (this.#askedAtMs === undefined || this.#delaysMs.length === 0) return undefined;
    return this.clock.nowMs() - this.#askedAtMs > forMs ? this.#askedAtMs : undefined;
  }
}

/**
 * Whether the firmware answers pings. Firmware up to 1.8.9 loses the connection because of a ping (docs/protocol.md
 * 2.1), so an unknown version gets none.
 */
export function answersPings(firmwareVersion: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/u.exec(firmwareVersion ?? '') ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 9);
}
