import type { Clock, Logger, Metrics, TimerHandle } from '../../../core/index.js';
import { FRAME_MS } from '../../../audio/index.js';
import { DEFAULT_PACING, PacingSchedule, type PacingSettings } from './pacing-schedule.js';
import type { PacketSink } from '../speaking-port.js';

export interface PacerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pacing?: PacingSettings;
  readonly maxBufferedBytes: number;
  /** The end of a reply is reported when the device has only this much audio left to play. */
  readonly tailMs: number;
}

export interface PacedReplyOptions {
  readonly deviceId: string;
  readonly sink: PacketSink;
  readonly notBeforeMs: number;
  /** Called just before a packet of `sentence` is sent. `stop` still prevents the packet. */
  onSend(sentence: number): void;
  /** Called when all of a sentence was sent, except for at most its last {@link REST_FRAMES} packets. */
  onNearlySent(sentence: number): void;
  onSent(nowMs: number): void;
  /** Called after {@link PacedReply.end}, when everything was sent and all but the tail was played. */
  onDone(): void;
}

/** A sentence is reported as sent when 300 ms of it are left to send. */
const REST_FRAMES = 5;
/** Sending pauses until a slow voice has made this many packets. By default, this is twice the longest lead. */
const REFILL_FRAMES = 20;
const PAUSED_RETRY_MS = FRAME_MS;

/**
 * Sends the packets of all replies in time, with a single timer. A paused or stopped device does not affect the others.
 */
export class Pacer {
  readonly #replies = new Set<PacedReply>();
  #timer: TimerHandle | undefined;
  #timerAtMs = Infinity;

  #pacing: PacingSettings;

  constructor(private readonly options: PacerOptions) {
    this.#pacing = options.pacing ?? DEFAULT_PACING;
  }

  /** Applies to replies that begin from now on. */
  pace(pacing: PacingSettings): void {
    this.#pacing = pacing;
  }

  open(reply: PacedReplyOptions): PacedReply {
    const schedule = new PacingSchedule(this.#pacing, reply.sink.deviceQueueLimit, reply.notBeforeMs);
    const { metrics } = this.options;
    const paced = new PacedReply(reply, schedule, this.options, {
      changed: () => this.#arm(),
      closed: () => {
        this.#replies.delete(paced);
        metrics.gauge('chorus_replies_speaking', this.#replies.size);
      },
    });
    this.#replies.add(paced);
    metrics.gauge('chorus_replies_speaking', this.#replies.size);
    return paced;
  }

  /** Time at which the device will have played all its packets. Undefined if no reply is being sent. */
  underrunAt(deviceId: string): number | undefined {
    for (const reply of this.#replies) if (reply.deviceId === deviceId) return reply.underrunAtMs();
    return undefined;
  }

  get size(): number {
    return this.#replies.size;
  }

  close(): void {
    for (const reply of this.#replies) reply.stop();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** `knownMs` is the time of the next step, if the caller has just looked at all replies. */
  #arm(knownMs?: number): void {
    let dueMs = knownMs ?? Infinity;
    if (knownMs === undefined) for (const reply of this.#replies) dueMs = Math.min(dueMs, reply.dueAtMs());
    if (dueMs === this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timerAtMs = dueMs;
    this.#timer = undefined;
    if (dueMs === Infinity) return;
    const { clock } = this.options;
    // A timer counts whole milliseconds, so round up. A timer that fires early would have to be set again.
    this.#timer = clock.after(Math.max(0, Math.ceil(dueMs - clock.nowMs())), () => this.#tick());
  }

  /** Runs for each packet, so it must be fast. */
  #tick(): void {
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
    const { clock } = this.options;
    let nowMs = clock.nowMs();
    let nextMs = Infinity;
    for (const reply of this.#replies) {
      let dueMs = reply.dueAtMs();
      if (dueMs <= nowMs) {
        this.#step(reply);
        nowMs = clock.nowMs();
        dueMs = reply.dueAtMs();
      }
      nextMs = Math.min(nextMs, dueMs);
    }
    // A listener may have changed a reply after the loop looked at it. The timer is then already set for that reply.
    this.#arm(Math.min(nextMs, this.#timerAtMs));
  }

  /** One device's failing socket or listener must not affect the other devices. */
  #step(reply: PacedReply): void {
    try {
      reply.step();
    } catch (error) {
      this.options.log.error('a reply was given up: its listener failed', {
        problem: 'voice.reply_given_up',
        device: reply.deviceId,
        error,
      });
      reply.stop();
    }
  }
}

interface PacerSide {
  changed(): void;
  closed(): void;
}

interface QueuedPacket {
  readonly packet: Uint8Array;
  readonly sentence: number;
  readonly madeAtMs: number;
}

export class PacedReply {
  readonly #queue: QueuedPacket[] = [];
  #state: 'open' | 'ending' | 'closed' = 'open';
  #pausedUntilMs = -Infinity;
  #lastSentence = -1;
  #bytes = 0;
  #complete = -1;
  #nearlySent = -1;
  #refilling = false;
  /** Time since which packets have been waiting for a stalled link. */
  #heldSinceMs: number | undefined;
  #onHold = false;
  #below: { readonly aheadMs: number; resolve(): void }[] = [];

  constructor(
    private readonly reply: PacedReplyOptions,
    private readonly schedule: PacingSchedule,
    private readonly options: PacerOptions,
    private readonly pacer: PacerSide,
  ) {
    reply.sink.link?.look();
  }

  get deviceId(): string {
    return this.reply.deviceId;
  }

  get packets(): number {
    return this.schedule.packets;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get underruns(): number {
    return this.schedule.underruns;
  }

  get underrunMs(): number {
    return this.schedule.underrunMs;
  }

  get queuedMs(): number {
    return this.#queue.length * FRAME_MS;
  }

  get playedMs(): number {
    return this.schedule.playedMs(this.options.clock.nowMs());
  }

  begin(notBeforeMs: number): void {
    this.schedule.begin(notBeforeMs);
    this.pacer.changed();
  }

  push(packets: readonly Uint8Array[], sentence: number): void {
    if (this.#state !== 'open' || packets.length === 0) return;
    const madeAtMs = this.options.clock.nowMs();
    const dryAtMs = this.schedule.dryAtMs ?? Number.POSITIVE_INFINITY;
    if (this.#queue.length === 0 && dryAtMs < madeAtMs && this.schedule.underruns > 0) this.#refill();
    for (const packet of packets) this.#queue.push({ packet, sentence, madeAtMs });
    this.pacer.changed();
  }

  /** Call it when the sentence will get no more packets. */
  complete(sentence: number): void {
    this.#complete = sentence;
    this.#reportSent();
    this.pacer.changed();
  }

  #reportSent(): void {
    const sentence = this.#lastSentence;
    if (sentence <= this.#nearlySent || sentence > this.#complete) return;
    if (this.#queue[REST_FRAMES]?.sentence === sentence) return;
    this.#nearlySent = sentence;
    this.reply.onNearlySent(sentence);
  }

  /** Returns false and withdraws nothing if some packets of the sentence were already sent. */
  withdraw(sentence: number): boolean {
    if (this.#lastSentence >= sentence) return false;
    while ((this.#queue.at(-1)?.sentence ?? -1) >= sentence) this.#queue.pop();
    this.#settleWaiters();
    this.pacer.changed();
    return true;
  }

  /** Resolves when less than `aheadMs` of audio is waiting to be sent, or the reply has ended. */
  whenBelow(aheadMs: number): Promise<void> {
    if (this.#state === 'closed' || this.queuedMs < aheadMs) return Promise.resolve();
    return new Promise((resolve) => this.#below.push({ aheadMs, resolve }));
  }

  /** Call it when the reply will get no more packets. `onDone` follows. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.pacer.changed();
  }

  /** Pauses sending until {@link resume}. Meanwhile, the device plays the packets in its buffer. */
  hold(): void {
    this.#onHold = true;
    this.pacer.changed();
  }

  resume(): void {
    if (!this.#onHold) return;
    this.#onHold = false;
    this.schedule.resume(this.options.clock.nowMs());
    this.pacer.changed();
  }

  /** No packet is sent after this call. */
  stop(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#queue.length = 0;
    this.#settleWaiters();
    this.pacer.closed();
    this.pacer.changed();
  }

  underrunAtMs(): number | undefined {
    const { dryAtMs } = this.schedule;
    const startMs = dryAtMs ?? this.schedule.dueAtMs();
    // Nothing was sent and nothing waits, so the device plays nothing.
    if (startMs === Infinity || (dryAtMs === undefined && this.#queue.length === 0)) return undefined;
    return Math.max(startMs, this.options.clock.nowMs()) + this.queuedMs;
  }

  dueAtMs(): number {
    if (this.#onHold || this.#isRefilling()) return Infinity;
    if (this.#queue.length > 0) return Math.max(this.schedule.dueAtMs(), this.#pausedUntilMs);
    if (this.#state !== 'ending') return Infinity;
    const endMs = this.schedule.dryAtMs === undefined ? -Infinity : this.schedule.dryAtMs - this.options.tailMs;
    return Math.max(endMs, this.#pausedUntilMs);
  }

  step(): void {
    if (this.#isHeld()) return;
    const next = this.#queue[0];
    if (!next) {
      this.stop();
      this.reply.onDone();
      return;
    }
    const { clock, maxBufferedBytes } = this.options;
    if (this.reply.sink.bufferedBytes() > maxBufferedBytes) {
      this.#pausedUntilMs = clock.nowMs() + PAUSED_RETRY_MS;
      return;
    }
    this.reply.onSend(next.sentence);
    // The listener may have stopped the reply.
    if (this.#queue[0] !== next) return;
    const readyAtMs = Math.max(this.schedule.dueAtMs(), next.madeAtMs);
    this.#queue.shift();
    this.#bytes += next.packet.byteLength;
    this.#lastSentence = next.sentence;
    const nowMs = clock.nowMs();
    // Timestamps are whole milliseconds. They strictly increase, because packets are 20 ms apart.
    this.reply.sink.sendPacket(next.packet, Math.floor(nowMs) + 1);
    const dryBeforeMs = this.schedule.underrunMs;
    const ranDry = this.schedule.sent(nowMs, this.#queue.length > 0, clock.nowMs());
    this.#measure(nowMs, readyAtMs, ranDry ? this.schedule.underrunMs - dryBeforeMs : undefined);
    this.#settleWaiters();
    this.reply.sink.link?.look(this.#state === 'ending' && this.#queue.length === 0);
    this.reply.onSent(nowMs);
    this.#reportSent();
  }

  /** Waits for several packets, because one long pause is easier to listen to than many short ones. */
  #refill(): void {
    if (!this.#refilling)
      this.options.log.warn('a voice makes speech more slowly than it is spoken; it is heard with pauses', {
        problem: 'voice.too_slow',
        device: this.deviceId,
      });
    this.#refilling = true;
  }

  #isRefilling(): boolean {
    const next = this.#queue[0];
    const whole = next !== undefined && next.sentence <= this.#complete;
    if (this.#state !== 'open' || whole || this.#queue.length >= REFILL_FRAMES) this.#refilling = false;
    return this.#refilling;
  }

  /** True if the next packet must wait. Sent over a stalled link, it would arrive together with the delayed packets. */
  #isHeld(): boolean {
    const nowMs = this.options.clock.nowMs();
    const heldSinceMs = this.reply.sink.link?.heldSinceMs();
    if (heldSinceMs !== undefined) {
      this.#heldSinceMs ??= heldSinceMs;
      this.#pausedUntilMs = nowMs + PAUSED_RETRY_MS;
      return true;
    }
    if (this.#heldSinceMs === undefined) return false;
    const gapMs = this.schedule.arrivedLate(this.#heldSinceMs, nowMs);
    this.#heldSinceMs = undefined;
    if (gapMs > 0) this.#countUnderrun(gapMs);
    // The packet is no longer due if the schedule has begun again.
    return this.dueAtMs() > nowMs;
  }

  #countUnderrun(gapMs: number): void {
    const { metrics } = this.options;
    metrics.count('chorus_underruns_predicted_total');
    metrics.observeMs('chorus_underrun_seconds', gapMs);
  }

  #measure(nowMs: number, readyAtMs: number, gapMs: number | undefined): void {
    const { metrics } = this.options;
    metrics.count('chorus_packets_sent_total');
    metrics.observeMs('chorus_pacing_late_seconds', Math.max(0, nowMs - readyAtMs));
    metrics.observeMs('chorus_lead_seconds', Math.max(0, (this.schedule.dryAtMs ?? nowMs) - nowMs));
    if (gapMs !== undefined) this.#countUnderrun(gapMs);
  }

  #settleWaiters(): void {
    const waiters = this.#below;
    this.#below = [];
    for (const waiter of waiters) {
      if (this.#state === 'closed' || this.queuedMs < waiter.aheadMs) waiter.resolve();
      else this.#below.push(waiter);
    }
  }
}
