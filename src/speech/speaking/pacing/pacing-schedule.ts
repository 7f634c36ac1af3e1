import { FRAME_MS } from '../../../audio/index.js';

export interface PacingSettings {
  /** How many packets (frames) the device is ahead at the start of a reply and after every gap. */
  readonly startLeadFrames: number;
  /** Maximum lead in packets. It is reached if the voice is fast enough. */
  readonly maxLeadFrames: number;
  /** By how much the lead grows with each packet, in packets. */
  readonly leadGrowthFrames: number;
  /** Shortest time between two packets. */
  readonly minSpacingMs: number;
}

/**
 * A lead of three packets bridges a Wi-Fi retry. Ten packets (600 ms) bridge a roaming pause. A longer lead would only
 * delay barge-in (docs/protocol.md 4.4). The lead grows by a quarter of a packet with each packet, so it is complete
 * within two seconds. Single-core boards cope with packets 20 ms apart. The extra millisecond is needed because timers
 * and sockets on both sides are up to 1 ms off.
 */
export const DEFAULT_PACING: PacingSettings = {
  startLeadFrames: 3,
  maxLeadFrames: 10,
  leadGrowthFrames: 0.25,
  minSpacingMs: 21,
};

/** Number of packets whose send times are remembered. A stalled link is noticed before it delays this many. */
const REMEMBERED_PACKETS = 64;

/**
 * Computes when the packets of a reply are due, with a model of the device that plays them. The model assumes that the
 * first packet is played at once and that each packet lasts 60 ms. Due times are absolute, so a late packet does not
 * delay the next one. Pure: times are passed in.
 */
export class PacingSchedule {
  #sent = 0;
  #lastSentMs = -Infinity;
  #dryAtMs: number | undefined;
  #leadFrames: number;
  #underruns = 0;
  #underrunMs = 0;
  /** Times at which the last packets were sent, oldest first. */
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

  /** Time at which the device has played everything that was sent. Undefined: nothing was sent yet. */
  get dryAtMs(): number | undefined {
    return this.#dryAtMs;
  }

  /** Sets the earliest time of the first packet, if it was not known before. */
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
   * Records a packet that was sent. `producerAhead`: the next packet is already encoded. Returns true if the device ran
   * out of audio before this packet.
   */
  sent(nowMs: number, producerAhead: boolean, handedOverMs = nowMs): boolean {
    const dryAtMs = this.#dryAtMs ?? nowMs;
    const gapMs = nowMs - dryAtMs;
    this.#sent += 1;
    this.#sentAtMs.push(nowMs);
    if (this.#sentAtMs.length > REMEMBERED_PACKETS) this.#sentAtMs.shift();
    // The distance to the next packet is counted from the end of the handover to the socket, which can take a
    // millisecond or two.
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
   * Call it when packets that were sent since `sinceMs` were delayed and reach the device now. If the device ran out of
   * audio meanwhile, the schedule begins again; otherwise the device would hold too much for the rest of the reply.
   * Returns for how long the device had no audio.
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
   * Ends a deliberate pause. The next packet is then not late. If the device has played everything, the schedule begins
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

  /** How much of the sent audio has been played. */
  playedMs(nowMs: number): number {
    return this.#sent * FRAME_MS - Math.max(0, (this.#dryAtMs ?? nowMs) - nowMs);
  }
}
