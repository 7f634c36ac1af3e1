import { FRAME_MS } from '../../../audio/index.js';

export interface PacingSettings {
  /** Lead in frames at the start and after every gap. */
  readonly startLeadFrames: number;
  /** Maximum lead in frames, reached if the producer is fast enough. */
  readonly maxLeadFrames: number;
  /** Growth of the lead per packet, in frames. */
  readonly leadGrowthFrames: number;
  /** Shortest time between two packets. */
  readonly minSpacingMs: number;
}

/**
 * A lead of three frames bridges a Wi-Fi retry. Ten frames (600 ms) bridge a roaming pause. A longer lead would only
 * delay barge-in (docs/protocol.md 4.4). The lead grows by a quarter of a frame per packet, so it is complete within
 * two seconds. Single-core boards cope with a spacing of 20 ms. The extra millisecond covers timers and sockets at both
 * ends that are up to 1 ms off.
 */
export const DEFAULT_PACING: PacingSettings = {
  startLeadFrames: 3,
  maxLeadFrames: 10,
  leadGrowthFrames: 0.25,
  minSpacingMs: 21,
};

/** A stalled link is noticed before it delays this many packets. */
const REMEMBERED_PACKETS = 64;

/**
 * Due times of a reply's packets, with a model of the device that plays them. The model assumes that the first packet
 * is played at once and that each packet lasts 60 ms. Due times are absolute, so a late packet does not delay the next.
 * Pure: times are arguments.
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

  /** Sets the earliest time of the first packet if it was not known at the start. */
  begin(notBeforeMs: number): void {
    this.notBeforeMs = notBeforeMs;
  }

  /** Earliest time of the next packet. A past time means now. */
  dueAtMs(): number {
    if (this.#dryAtMs === undefined) return this.notBeforeMs;
    const leadFrames = Math.min(this.#leadFrames, Math.max(0, this.deviceQueueLimit - 1));
    return Math.max(this.#dryAtMs - leadFrames * FRAME_MS, this.#lastSentMs + this.settings.minSpacingMs);
  }

  /**
   * Records a sent packet. `producerAhead`: the next packet is ready. Returns true if the device had no audio left
   * before it.
   */
  sent(nowMs: number, producerAhead: boolean, handedOverMs = nowMs): boolean {
    const dryAtMs = this.#dryAtMs ?? nowMs;
    const gapMs = nowMs - dryAtMs;
    this.#sent += 1;
    this.#sentAtMs.push(nowMs);
    if (this.#sentAtMs.length > REMEMBERED_PACKETS) this.#sentAtMs.shift();
    // Spacing counts from the end of the handover to the socket, which can take a millisecond or two.
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
   * Call it when packets sent since `sinceMs` were delayed and reach the device now. If the device had no audio
   * meanwhile, the schedule begins again; otherwise the device would hold too much for the rest of the reply. Returns
   * how long the device had no audio.
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
   * Ends a deliberate pause, so that no packet counts as late. If the device has played everything, the schedule begins
   * again.
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

  /** Length of the sent audio that has been played. */
  playedMs(nowMs: number): number {
    return this.#sent * FRAME_MS - Math.max(0, (this.#dryAtMs ?? nowMs) - nowMs);
  }
}
