import { FRAME_MS } from '../../../audio/index.js';

export interface PacingSettings {
  /** Frames sent ahead at the start and after every gap. */
  readonly startLeadFrames: number;
  /** Frames sent ahead in the long run, if the producer is fast enough. */
  readonly maxLeadFrames: number;
  /** Growth of the lead with each packet. */
  readonly leadGrowthFrames: number;
  /** Shortest time between two packets. */
  readonly minSpacingMs: number;
}

/**
 * A lead of three frames bridges a Wi-Fi retry, ten (600 ms) a roaming pause; more would only make barge-in late
 * (docs/protocol.md 4.4). It grows by a quarter of a frame a packet, so it is complete within two seconds. Single-core
 * boards cope with a spacing of 20 ms; one more millisecond covers timers and sockets at both ends that are up to 1 ms
 * off.
 */
export const DEFAULT_PACING: PacingSettings = {
  startLeadFrames: 3,
  maxLeadFrames: 10,
  leadGrowthFrames: 0.25,
  minSpacingMs: 21,
};

/** More packets than a link can hold back before that is noticed. */
const REMEMBERED_PACKETS = 64;

/**
 * Due times of a reply's packets, and a model of the device that plays them: the first packet is heard at once, each
 * lasts 60 ms. Pure: times are arguments. Due times are absolute: a late packet does not delay the next.
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
    /** Packets that may be in the device, including the one being played. */
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

  /** Time at which the device has played everything that was sent; undefined before the first packet. */
  get dryAtMs(): number | undefined {
    return this.#dryAtMs;
  }

  /** Sets the earliest moment of the first packet, if it was not known at first. */
  begin(notBeforeMs: number): void {
    this.notBeforeMs = notBeforeMs;
  }

  /** Earliest moment of the next packet; a past moment means now. */
  dueAtMs(): number {
    if (this.#dryAtMs === undefined) return this.notBeforeMs;
    const leadFrames = Math.min(this.#leadFrames, Math.max(0, this.deviceQueueLimit - 1));
    return Math.max(this.#dryAtMs - leadFrames * FRAME_MS, this.#lastSentMs + this.settings.minSpacingMs);
  }

  /** Records a sent packet. `producerAhead`: the next one is ready. True: the device had no sound left before it. */
  sent(nowMs: number, producerAhead: boolean, handedOverMs = nowMs): boolean {
    const dryAtMs = this.#dryAtMs ?? nowMs;
    const gapMs = nowMs - dryAtMs;
    this.#sent += 1;
    this.#sentAtMs.push(nowMs);
    if (this.#sentAtMs.length > REMEMBERED_PACKETS) this.#sentAtMs.shift();
    // Spacing counts from when the socket had the packet: handing it over can take a millisecond or two.
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
   * Packets sent since `sinceMs` were held back on their way and reach the device now. If the device had no sound left
   * meanwhile, the schedule begins again. Otherwise the device would hold that much more than planned for the rest of
   * the reply. Returns how long the device had no sound.
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
   * Ends a deliberate pause, so that nothing counts as late. If the device has played everything, the schedule begins
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

  /** Sent sound that has been played. */
  playedMs(nowMs: number): number {
    return this.#sent * FRAME_MS - Math.max(0, (this.#dryAtMs ?? nowMs) - nowMs);
  }
}
