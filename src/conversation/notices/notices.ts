import { randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import { DAY_MS, HOUR_MS, asChorusError, Change, type Clock, type Logger } from '../../core/index.js';
import type { NoticeLimits, NoticeRecord, NoticeStore } from '../../platform/store/index.js';
import { packPackets, unpackPackets } from '../../speech/speaking/index.js';
import type { NoticeSource, SpokenNotice } from '../session/notice-port.js';
import { isLate, noticeText } from './notice-words.js';
import { Ringing } from './ringing.js';

export interface NoticesOptions {
  readonly store: NoticeStore;
  /** True if other servers may use the database at the same time. */
  readonly shared: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Before a notice, its device stays connected for this long (`session.hold_for_timers_ms`), but at least a minute.
   */
  readonly holdMs: () => number;
  /** True if alarms begin with a ring (`session.alarm_tone`). */
  readonly alarmTone: () => boolean;
}

export type NewNotice = Pick<NoticeRecord, 'deviceId' | 'kind' | 'dueMs' | 'timeZone'> &
  Partial<Pick<NoticeRecord, 'text' | 'expiresMs' | 'repeats' | 'lengthMs' | 'urgent'>> & {
    readonly recording?: Recording | undefined;
  };

/** A recording that is played in place of speech. The packets are encoded for devices. */
export interface Recording {
  /** Several notices may refer to the same recording by this id. */
  readonly id: string;
  readonly packets: readonly Uint8Array[];
}

/** Limits for one device. Further notices and recordings are refused. A recording has up to 300 kB. */
const MOST_OF_A_DEVICE: NoticeLimits = { notices: 200, recordings: 20 };
/** Maximum number of recordings in memory. The database has all of them. */
const MOST_RECORDINGS = 8;
/** How long a server's claim on a notice is valid. If the server dies, others can speak the notice only afterwards. */
const CLAIM_MS = 60_000;
/** Longest sleep, because another server may add a notice, and the wall clock may change. */
const LOOK_MS = 15_000;
const RETRY_MS = 5_000;
/** Pause before the next attempt to speak on a device on which a notice could not be spoken. */
const PAUSE_MS = 30_000;
const CLAIM_AT_ONCE = 100;
const PRUNE_MS = HOUR_MS;
/** If a notice is due within this time, its device stays connected, whatever the configuration says. */
const SOON_MS = 60_000;
/** A notice without an expiry is dropped this long after it was due. */
const LATE_MS = DAY_MS;

/**
 * A notice counts as spoken when all of its sound but the last 300 ms was sent to the device. It is then removed, or
 * waits for its next time. If the server is killed before, the whole notice is spoken again.
 */
export class Notices implements NoticeSource {
  readonly #server = randomUUID();
  readonly #present = new Set<string>();
  readonly #held = new Map<string, { readonly notice: NoticeRecord; renewedMs: number; attended: boolean }>();
  readonly #recordings = new Map<string, readonly Uint8Array[]>();
  #spoken: NoticeRecord[] = [];
  #given: string[] = [];
  readonly #ringing = new Ringing();
  /**
   * Newly connected devices whose unanswered alarms must still be read from the database. The value is true if somebody
   * is present.
   */
  readonly #arrived = new Map<string, boolean>();
  /** Alarms that will ring again and must be stored. `#answered` has the alarms that must be removed. */
  #again: NoticeRecord[] = [];
  #answered: { readonly deviceId: string; readonly ids: readonly string[] }[] = [];
  #soon = new Map<string, readonly number[]>();
  readonly #notBefore = new Map<string, number>();
  readonly #change = new Change();
  #changed = false;
  #prunedMs = Number.NEGATIVE_INFINITY;
  #notify: (deviceId: string, notice: SpokenNotice) => boolean = () => false;

  constructor(private readonly options: NoticesOptions) {}

  /** Nothing is spoken before this call. */
  speakBy(notify: (deviceId: string, notice: SpokenNotice) => boolean): void {
    this.#notify = notify;
  }

  /** Undefined if the device already has too many notices or recordings. Rejects with `store.*`. */
  async add({ recording, ...notice }: NewNotice): Promise<NoticeRecord | undefined> {
    const record: NoticeRecord = {
      text: undefined,
      expiresMs: undefined,
      repeats: undefined,
      lengthMs: undefined,
      urgent: false,
      recordingId: recording?.id,
      ...notice,
      id: randomUUID(),
      createdMs: Math.round(this.options.clock.wallMs()),
      dueMs: Math.round(notice.dueMs),
    };
    const packed = recording && packPackets(recording.packets);
    const kept = await this.options.store.add(record, MOST_OF_A_DEVICE, packed);
    if (kept && recording) this.#remember(recording);
    this.#tell();
    return kept ? record : undefined;
  }

  /** Sorted by the time at which they are due. Rejects with `store.*`. */
  of(deviceId: string): Promise<readonly NoticeRecord[]> {
    return this.options.store.of(deviceId);
  }

  /** Resolves with the number of removed notices. Rejects with `store.*`. */
  remove(deviceId: string, ids: readonly string[]): Promise<number> {
    return this.options.store.remove(deviceId, ids);
  }

  isPresent(deviceId: string): boolean {
    return this.#present.has(deviceId);
  }

  present(deviceId: string): void {
    this.#present.add(deviceId);
    this.#arrived.set(deviceId, false);
    this.#tell();
  }

  over(deviceId: string, id: string, spoken: boolean): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    if (spoken) {
      this.#spoken.push(held.notice);
      const again = this.#ringing.heard(held.notice, held.attended, this.options.clock.wallMs());
      if (again) this.#again.push(again);
    } else this.#giveBack(deviceId, id);
    this.#tell();
  }

  attended(deviceId: string): void {
    for (const held of this.#held.values()) if (held.notice.deviceId === deviceId) held.attended = true;
    if (this.#arrived.has(deviceId)) this.#arrived.set(deviceId, true);
    if (this.#stopRinging(deviceId)) this.#tell();
  }

  #stopRinging(deviceId: string): boolean {
    const ids = this.#ringing.answered(deviceId);
    if (ids.length > 0) this.#answered.push({ deviceId, ids });
    return ids.length > 0;
  }

  expects(deviceId: string): boolean {
    const nowMs = this.options.clock.wallMs();
    // A notice that is due now still counts, because the database may take a moment to return it.
    return (this.#soon.get(deviceId) ?? []).some((dueMs) => dueMs > nowMs - SOON_MS && dueMs - nowMs <= this.heldMs);
  }

  /** Before a notice, a silent device stays connected for this long. */
  get heldMs(): number {
    return Math.max(SOON_MS, this.options.holdMs());
  }

  /** The last notice that was heard on the device. Undefined if snoozing is no longer possible. */
  lastHeard(deviceId: string): NoticeRecord | undefined {
    return this.#ringing.last(deviceId, this.options.clock.wallMs());
  }

  gone(deviceId: string): void {
    this.#present.delete(deviceId);
    this.#notBefore.delete(deviceId);
    for (const [id, { notice }] of this.#held) {
      if (notice.deviceId !== deviceId) continue;
      this.#held.delete(id);
      this.#given.push(id);
    }
    this.#tell();
  }

  /**
   * Forgets what is in memory about the device's alarms. The device store deletes the waiting notices in the database.
   */
  forget(deviceId: string): void {
    this.#ringing.forget(deviceId);
    this.#arrived.delete(deviceId);
    this.#again = this.#again.filter((notice) => notice.deviceId !== deviceId);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { store, shared, clock, log } = this.options;
    let fresh = !shared;
    for (;;) {
      let waitMs = LOOK_MS;
      try {
        // If no other server uses the database, all claims are from an earlier run of this server.
        if (fresh) await store.releaseAll();
        fresh = false;
        waitMs = await this.#round();
      } catch (error) {
        const { code, message } = asChorusError(error, 'store.failed');
        log.warn('reminders wait for the database', { code, reason: message });
        this.#changed = false;
        waitMs = RETRY_MS;
      }
      await this.#sleep(clock, waitMs, signal);
    }
  }

  /** Stores which notices were spoken, and releases the claims on the others. Call this at shutdown. */
  async flush(): Promise<void> {
    for (const id of this.#held.keys()) this.#given.push(id);
    this.#held.clear();
    await this.#settle().catch((error: unknown) => {
      this.options.log.warn('reminders that were not spoken could not be released', {
        problem: 'reminders.not_returned',
        reason: asChorusError(error).message,
      });
    });
  }

  /** Resolves with the time to wait before the next round. */
  async #round(): Promise<number> {
    const { store, clock } = this.options;
    this.#changed = false;
    await this.#restoreRings();
    await this.#settle();
    await this.#renew();
    const nowMs = Math.floor(clock.wallMs());
    if (clock.nowMs() - this.#prunedMs >= PRUNE_MS) {
      await store.prune(nowMs);
      this.#prunedMs = clock.nowMs();
    }
    for (;;) {
      const taken = await store.claim({
        server: this.#server,
        deviceIds: [...this.#present].filter((id) => (this.#notBefore.get(id) ?? 0) <= clock.nowMs()),
        nowMs,
        untilMs: nowMs + CLAIM_MS,
        limit: CLAIM_AT_ONCE,
      });
      for (const notice of taken) await this.#take(notice, nowMs);
      if (this.#spoken.length + this.#given.length > 0) await this.#settle();
      if (taken.length < CLAIM_AT_ONCE) break;
    }
    this.#soon = await store.dueBetween([...this.#present], nowMs, nowMs + this.heldMs + LOOK_MS);
    const nextMs = (await store.nextDueMs(nowMs)) ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(LOOK_MS, nextMs - clock.wallMs()));
  }

  /** If the recording cannot be read, other notices are still spoken. */
  async #take(notice: NoticeRecord, nowMs: number): Promise<void> {
    try {
      this.#speak(notice, await this.#recordingOf(notice), nowMs);
    } catch (error) {
      const { code, message } = asChorusError(error, 'store.failed');
      this.options.log.warn('a recording cannot be read; its message waits', { code, reason: message });
      this.#giveBack(notice.deviceId, notice.id);
    }
  }

  #giveBack(deviceId: string, id: string): void {
    this.#given.push(id);
    this.#notBefore.set(deviceId, this.options.clock.nowMs() + PAUSE_MS);
  }

  /** Undefined if the notice has no recording, or if the recording is gone. Rejects with `store.*`. */
  async #recordingOf({ recordingId: id }: NoticeRecord): Promise<readonly Uint8Array[] | undefined> {
    if (id === undefined) return undefined;
    const known = this.#recordings.get(id);
    if (known) return known;
    const packed = await this.options.store.recording(id);
    const packets = packed && unpackPackets(Buffer.from(packed));
    if (packets) this.#remember({ id, packets });
    return packets;
  }

  #remember({ id, packets }: Recording): void {
    this.#recordings.delete(id);
    this.#recordings.set(id, packets);
    const [oldest] = this.#recordings.keys();
    if (this.#recordings.size > MOST_RECORDINGS && oldest !== undefined) this.#recordings.delete(oldest);
  }

  #speak(notice: NoticeRecord, recording: readonly Uint8Array[] | undefined, nowMs: number): void {
    const { id, deviceId, dueMs, expiresMs, urgent, recordingId } = notice;
    // The device and its recordings may have been forgotten since the notice was claimed.
    const isGone = recordingId !== undefined && !recording;
    if ((expiresMs === undefined && nowMs - dueMs > LATE_MS) || isGone) {
      this.#spoken.push(notice);
      return;
    }
    this.#held.set(id, { notice, renewedMs: nowMs, attended: false });
    const text: SpokenNotice['text'] = (language) => noticeText(notice, language, this.options.clock.wallMs());
    const rings = notice.kind === 'alarm' && !isLate(notice, nowMs) && this.options.alarmTone();
    const again = this.#ringing.isAgain(deviceId, id);
    if (this.#notify(deviceId, { id, text, recording, urgent, rings, again })) return;
    this.#held.delete(id);
    this.#given.push(id);
    this.#present.delete(deviceId);
  }

  async #settle(): Promise<void> {
    const { store, clock } = this.options;
    const spoken = this.#spoken;
    this.#spoken = [];
    try {
      const nowMs = clock.wallMs();
      await store.spoken(
        spoken.map((notice) => ({ id: notice.id, nextDueMs: nextTime(notice, nowMs) })),
        this.#server,
      );
    } catch (error) {
      this.#spoken.push(...spoken);
      throw error;
    }
    await this.#settleRings();
    const given = this.#given;
    this.#given = [];
    try {
      await store.release(given, this.#server);
    } catch (error) {
      this.#given.push(...given);
      throw error;
    }
  }

  /**
   * Reads the unanswered alarms of newly connected devices, which may have rung before a restart or on another server.
   */
  async #restoreRings(): Promise<void> {
    const deviceIds = [...this.#arrived.keys()];
    for (const notice of await this.options.store.unanswered(deviceIds)) this.#ringing.restore(notice);
    for (const deviceId of deviceIds) {
      // Whoever woke the device has answered the alarm.
      if (this.#arrived.get(deviceId) === true) this.#stopRinging(deviceId);
      this.#arrived.delete(deviceId);
    }
  }

  async #settleRings(): Promise<void> {
    const { store } = this.options;
    // An entry is dropped only after it was written. The check is needed because a device may be forgotten meanwhile.
    for (let [again] = this.#again; again; [again] = this.#again) {
      await store.add(again, MOST_OF_A_DEVICE);
      if (this.#again[0] === again) this.#again.shift();
    }
    // The loop above has already stored every notice that may be removed here.
    for (let [one] = this.#answered; one; [one] = this.#answered) {
      await store.remove(one.deviceId, one.ids);
      if (this.#answered[0] === one) this.#answered.shift();
    }
  }

  async #renew(): Promise<void> {
    const nowMs = this.options.clock.wallMs();
    const old = [...this.#held.values()].filter(({ renewedMs }) => nowMs - renewedMs > CLAIM_MS / 2);
    if (old.length === 0) return;
    const ids = old.map(({ notice }) => notice.id);
    await this.options.store.renew(ids, this.#server, Math.floor(nowMs) + CLAIM_MS);
    for (const held of old) held.renewedMs = nowMs;
  }

  #tell(): void {
    this.#changed = true;
    this.#change.tell();
  }

  async #sleep(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#changed) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      const over = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const timer = clock.after(waitMs, over);
      signal.addEventListener('abort', onAbort, { once: true });
      void this.#change.next().then(over);
    });
  }
}

/** Undefined if the notice does not repeat, or has no further time. */
export function nextTime(
  { repeats, timeZone }: Pick<NoticeRecord, 'repeats' | 'timeZone'>,
  afterMs: number,
): number | undefined {
  if (repeats === undefined) return undefined;
  return new Cron(repeats, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs))?.getTime();
}
