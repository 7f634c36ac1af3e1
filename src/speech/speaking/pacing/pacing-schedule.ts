import { FRAME_MS } from '../../../audio/index.js';

export interface PacingSettings {
  /** Lead of the device at the start of a reply and after every gap, in packets. */
  readonly startLeadFrames: number;
  readonly maxLeadFrames: number;
  /** Growth of the lead per packet, in packets. */
  readonly leadGrowthFrames: number;
  readonly minSpacingMs: number;
}

/**
 * Three packets bridge a Wi-Fi retry, and ten packets bridge a roaming pause. A longer lead would only delay barge-in
 * (docs/protocol.md 4.4). Single-core boards cope with packets 20 ms apart. The spacing is 21 ms, because timers and
 * sockets on both sides are up to 1 ms off.
 */
export const DEFAULT_PACING: PacingSettings = {
  startLeadFrames: 3,
  maxLeadFrames: 10,
  leadGrowthFrames: 0.25,
  minSpacingMs: 21,
};

/** Number of remembered send times. A stalled link is noticed before it delays this many packets. */
const REMEMBERED_PACKETS = 64;

/**
 * Computes when the packets of a reply are due, from a model of the device. The model plays the first packet at once,
 * and each packet lasts 60 ms. Due times are absolute, so a late packet does not delay the next.
 */
export class PacingSchedule {
  #sent = 0;
  #lastSentMs = -Infinity;
  #dryAtMs: number | undefined;
  #leadFrames: number;
  #underruns = 0;
  #underrunMs = 0;
  /** Send times of the last packets, oldest first. */
  readonly #sentAtMs: number[] = [];

  constructor(
    private readonly settings: PacingSettings,
    /** Maximum number of packets in the device, including the one being played. */
    private readonly deviceQueueLimit: number,
    private notBeforeMs: number,
  ) {
    this.#leadFrames = settings.startLeadFrames;
  }

  get packets(): number {
    return this.#sent;
  }

  get underruns(): number {
    return this.#underruns;
  }

  get underrunMs(): number {
    return this.#underrunMs;
  }

  /** Time at which the device has played everything that was sent. Undefined before the first packet. */
  get dryAtMs(): number | undefined {
    return this.#dryAtMs;
  }

  begin(notBeforeMs: number): void {
    this.notBeforeMs = notBeforeMs;
  }

  /** Earliest time of the next packet. If it is in the past, the packet is due now. */
  dueAtMs(): number {
    if (this.#dryAtMs === undefined) return this.notBeforeMs;
    const leadFrames = Math.min(this.#leadFrames, Math.max(0, this.deviceQueueLimit - 1));
    return Math.max(this.#dryAtMs - leadFrames * FRAME_MS, this.#lastSentMs + this.settings.minSpacingMs);
  }

  /**
   * `producerAhead` is true if the next packet is already encoded. Returns true if the device ran out of audio before
   * this packet.
   */
  sent(nowMs: number, producerAhead: boolean, handedOverMs = nowMs): boolean {
    const dryAtMs = this.#dryAtMs ?? nowMs;
    const gapMs = nowMs - dryAtMs;
    this.#sent += 1;
    this.#sentAtMs.push(nowMs);
    if (this.#sentAtMs.length > REMEMBERED_PACKETS) this.#sentAtMs.shift();
    // The handover to the socket can take a millisecond or two. The spacing counts from the end of the handover.
    this.#lastSentMs = handedOverMs;
    if (gapMs > 0) {
      this.#ranDry(gapMs);
      this.#dryAtMs = nowMs + FRAME_MS;
      return true;
    }
    this.#dryAtMs = dryAtMs + FRAME_MS;
    if (producerAhead)
      this.#leadFrames = Math.min(this.settings.maxLeadFrames, this.#leadFrames + this.settings.leadGrowthFrames);
    return false;
  }

  /**
   * Call it when packets sent since `sinceMs` were delayed and reach the device now. Returns for how long the device
   * had no audio. After such a gap, the schedule begins again. Otherwise the device would get too many packets.
   */
  arrivedLate(sinceMs: number, nowMs: number): number {
    const lateMs = this.#sentAtMs.filter((atMs) => atMs >= sinceMs).length * FRAME_MS;
    const gapMs = lateMs === 0 ? 0 : nowMs - ((this.#dryAtMs ?? nowMs) - lateMs);
    if (gapMs <= 0) return 0;
    this.#ranDry(gapMs);
    this.#dryAtMs = nowMs + lateMs;
    return gapMs;
  }

  /**
   * Ends a deliberate pause, after which the next packet is not late. If the device has played everything, the schedule
   * begins again.
   */
  resume(nowMs: number): void {
    this.#lastSentMs = Math.max(this.#lastSentMs, nowMs - this.settings.minSpacingMs);
    if (this.#dryAtMs === undefined || this.#dryAtMs >= nowMs) return;
    this.#dryAtMs = nowMs;
    this.#leadFrames = this.settings.startLeadFrames;
  }

  #ranDry(forMs: number): void {
    this.#underruns += 1;
    this.#underrunMs += forMs;
    this.#leadFrames = this.settings.startLeadFrames;
  }

  playedMs(nowMs: number): number {
    return this.#sent * FRAME_MS - Math.max(0, (this.#dryAtMs ?? nowMs) - nowMs);
  }
}
