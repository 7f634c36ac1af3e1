import type { Clock, Metrics, TimerHandle } from '../core/index.js';
import type { Admission, TalkPermit } from './capacity-port.js';
import { Refusals } from './refusals.js';
import { Seats } from './seats.js';

/**
 * The load that the machine can carry at present ({@link createLoadControl}). Of these limits, only `conversations`
 * binds a device that was refused ten times in a row.
 */
export interface TalkRoom {
  /** Maximum number of concurrent conversations, including those that pause. */
  readonly conversations: number;
  /**
   * Maximum number of concurrent turns of devices that have a seat. Late jobs lower `conversations` but not this limit,
   * so they turn nobody away in the middle of a conversation. Default: `conversations`.
   */
  readonly seated?: number;
  /** No new conversation begins while this many turns wait for their first audio. Undefined if there is no limit. */
  readonly awaiting?: number;
  /** True if the machine is at its limits. New conversations then begin only up to half of `conversations`. */
  readonly strained: boolean;
}

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Maximum number of concurrent turns (`max_concurrent_sessions`). May be infinite. */
  readonly maxTalking: number;
  /** Used until {@link AdmissionControl.setRoom} is called. Unlimited by default. */
  readonly room?: TalkRoom;
  /** A device whose last turn ended less than this ago is admitted before new conversations. */
  readonly conversationMs?: number;
  /** A device keeps its seat for this long after a turn, because another turn is likely. Default 15 s. */
  readonly seatMs?: number;
}

export interface AdmissionView {
  /** Number of turns in progress. */
  readonly talking: number;
  /** Seats taken by devices that talk or have just talked. */
  readonly conversations: number;
  /** Conversations with a turn in progress or in a short pause. */
  readonly active: number;
  readonly waiting: number;
}

export interface AdmissionControl extends Admission {
  view(): AdmissionView;
  /** Turns in progress continue. Waiting devices are admitted at once if there is room. */
  setRoom(room: TalkRoom): void;
}

export const DEFAULT_CONVERSATION_MS = 30_000;
/**
 * People say the next sentence within this time, even after a short answer. A longer time would only keep other devices
 * waiting.
 */
const DEFAULT_SEAT_MS = 15_000;
/**
 * A conversation in a shorter pause counts as active. Most people say the next sentence within this time (1 to 3 s with
 * simulated devices).
 */
const ACTIVE_PAUSE_MS = 6000;
/** A device is owed a turn after this many refusals in a row. */
const OWED_AFTER = 10;
/** Seats above the limit for devices that are owed a turn. One more turn does not audibly delay the others. */
const SEATS_FOR_OWED = 1;

/**
 * This share of the limit is admitted even under strain, because another program may cause the strain. The kernel then
 * divides the CPU fairly.
 */
const STRAINED_SHARE = 0.5;

interface Waiter {
  readonly deviceId: string;
  readonly owed: boolean;
  readonly inConversation: boolean;
  /** Time of the first request, even if earlier requests were refused. */
  readonly sinceMs: number;
  settle(permit: TalkPermit | undefined): void;
}

/**
 * Admits devices to talk. Each conversation keeps one seat, also in the pauses between turns. A device with a seat is
 * refused only while too many turns are in progress.
 */
export function createAdmission(options: AdmissionOptions): AdmissionControl {
  return new Gate(options);
}

class Gate implements AdmissionControl {
  /** Number of turns whose reply has not begun to play. */
  #awaiting = 0;
  #room: TalkRoom;
  readonly #seats: Seats;
  readonly #refusals = new Refusals(OWED_AFTER);
  readonly #waiters = new Set<Waiter>();
  /** Serves waiting devices when the next seat expires, or when a reserved seat is given up. */
  #alarm: TimerHandle | undefined;

  constructor(private readonly options: AdmissionOptions) {
    if (!(options.maxTalking >= 1)) throw new RangeError('maxTalking must be at least 1');
    this.#room = options.room ?? { conversations: Number.POSITIVE_INFINITY, strained: false };
    this.#seats = new Seats(options.seatMs ?? DEFAULT_SEAT_MS);
  }

  view(): AdmissionView {
    const nowMs = this.options.clock.nowMs();
    return {
      talking: this.#seats.talking,
      conversations: this.#seats.taken(nowMs),
      active: this.#seats.active(nowMs, ACTIVE_PAUSE_MS),
      waiting: this.#waiters.size,
    };
  }

  setRoom(room: TalkRoom): void {
    this.#room = room;
    this.#serveWaiters();
  }

  tryAdmit(deviceId: string): TalkPermit | undefined {
    this.#serveWaiters();
    if (this.#mayTalk(deviceId)) return this.#grant(deviceId, 'admitted');
    this.#refuse(deviceId);
    return undefined;
  }

  admit(
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<TalkPermit | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      this.#serveWaiters();
      if (this.#mayTalk(deviceId)) return resolve(this.#grant(deviceId, 'admitted'));
      const nowMs = this.options.clock.nowMs();
      const stopWaiting = (): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        this.#setAlarm();
      };
      const onAbort = (): void => {
        stopWaiting();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        deviceId,
        owed: this.#refusals.isOwed(deviceId, nowMs),
        inConversation:
          nowMs - (lastTurnEndedMs ?? Number.NEGATIVE_INFINITY) <
          (this.options.conversationMs ?? DEFAULT_CONVERSATION_MS),
        sinceMs: this.#refusals.wantingSince(deviceId, nowMs),
        settle: (permit) => {
          stopWaiting();
          resolve(permit);
        },
      };
      const timer = this.options.clock.after(waitMs, () => {
        this.#refuse(deviceId, waiter.sinceMs);
        waiter.settle(undefined);
      });
      signal.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
      this.#setAlarm();
    });
  }

  turnedAway(deviceId: string): void {
    const waiter = [...this.#waiters].find((candidate) => candidate.deviceId === deviceId);
    this.#refuse(deviceId, waiter?.sinceMs);
  }

  release(deviceId: string): void {
    this.#seats.release(deviceId);
    this.#serveWaiters();
  }

  #mayTalk(deviceId: string): boolean {
    return this.#obstacle(deviceId) === undefined;
  }

  /** Returns why the device may not talk now. The reasons are labels of a metric. */
  #obstacle(deviceId: string): 'sessions' | 'load' | 'crowd' | 'strain' | 'owed' | undefined {
    const { maxTalking, clock } = this.options;
    const nowMs = clock.nowMs();
    const { talking } = this.#seats;
    const taken = this.#seats.taken(nowMs);
    const conversations = Math.max(1, this.#room.conversations);
    if (talking >= maxTalking) return 'sessions';
    if (this.#refusals.isOwed(deviceId, nowMs)) return taken < conversations + SEATS_FOR_OWED ? undefined : 'load';
    if (this.#seats.has(deviceId, nowMs))
      return talking < Math.max(conversations, this.#room.seated ?? 0) ? undefined : 'load';
    // A seat stays free for each device that is owed a turn and may ask again soon.
    const owed = this.#refusals.expected(nowMs);
    if (talking + owed >= maxTalking) return 'owed';
    // An idle machine refuses no device.
    if (talking === 0 && owed === 0) return undefined;
    if (taken + owed >= conversations) return taken < conversations ? 'owed' : 'load';
    if (this.#awaiting >= (this.#room.awaiting ?? Infinity)) return 'crowd';
    return this.#room.strained && taken >= STRAINED_SHARE * conversations ? 'strain' : undefined;
  }

  #grant(deviceId: string, result: 'admitted' | 'waited'): TalkPermit {
    const owed = this.#refusals.isOwed(deviceId, this.options.clock.nowMs());
    this.#seats.begin(deviceId);
    this.#refusals.forget(deviceId);
    this.options.metrics.count('chorus_admission_total', { result });
    this.#awaiting += 1;
    let awaiting = true;
    const answered = (): void => {
      if (!awaiting) return;
      awaiting = false;
      this.#awaiting -= 1;
    };
    let held = true;
    return {
      answered: () => {
        answered();
        this.#serveWaiters();
      },
      release: () => {
        if (!held) return;
        held = false;
        answered();
        const nowMs = this.options.clock.nowMs();
        this.#seats.end(deviceId, nowMs);
        // The seat above the limit is for one turn only, because the next device that is owed a turn waits for it.
        if (owed && this.#seats.taken(nowMs) > this.#room.conversations) this.#seats.release(deviceId);
        this.#serveWaiters();
      },
    };
  }

  #refuse(deviceId: string, since?: number): void {
    const nowMs = this.options.clock.nowMs();
    const { metrics } = this.options;
    metrics.count('chorus_admission_total', { result: 'refused' });
    metrics.count('chorus_admission_refused_total', { reason: this.#obstacle(deviceId) ?? 'load' });
    this.#refusals.add(deviceId, since ?? this.#refusals.wantingSince(deviceId, nowMs), nowMs);
  }

  /** Also called before each new request, because the timer for an expired seat may be late. */
  #serveWaiters(): void {
    for (const waiter of [...this.#waiters].sort(byTurn)) {
      if (this.#mayTalk(waiter.deviceId)) waiter.settle(this.#grant(waiter.deviceId, 'waited'));
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (this.#waiters.size === 0) return;
    const nowMs = this.options.clock.nowMs();
    const atMs = Math.min(this.#seats.nextFreeMs(), this.#refusals.nextGivenUpMs(nowMs));
    if (atMs !== Number.POSITIVE_INFINITY)
      this.#alarm = this.options.clock.after(Math.max(1, atMs - nowMs), () => this.#serveWaiters());
  }
}

/** Negative if `a` goes first. Devices of equal priority go in the order of their first request. */
function byTurn(a: Waiter, b: Waiter): number {
  if (a.owed !== b.owed) return a.owed ? -1 : 1;
  if (a.inConversation !== b.inConversation) return a.inConversation ? -1 : 1;
  return a.sinceMs - b.sinceMs;
}
