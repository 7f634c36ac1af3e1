import { randomUUID } from 'node:crypto';
import type { NoticeRecord } from '../../platform/store/index.js';
import { LATE_MS } from './notice-words.js';

/** An alarm that nobody answers rings again after this time. */
const AGAIN_MS = 60_000;
/** It rings again for this long after the first time: three times. */
const RINGS_FOR_MS = 3.5 * AGAIN_MS;
/** A notice may be snoozed for this long after it rang. */
const SNOOZE_WITHIN_MS = 15 * 60_000;
/** Most devices whose last notice is kept. */
const MAX_DEVICES = 10_000;

/** Knows which notices rang. An alarm rings again until somebody answers it, and any notice may be snoozed. */
export class Ringing {
  readonly #last = new Map<string, { readonly notice: NoticeRecord; readonly atMs: number }>();
  /** The notices by which alarms ring again, by device, until they expire. */
  readonly #again = new Map<string, readonly { readonly id: string; readonly untilMs: number }[]>();

  /** Notes a notice that was heard. Returns the notice by which it rings again; undefined: it does not. */
  heard(notice: NoticeRecord, attended: boolean, nowMs: number): NoticeRecord | undefined {
    const { deviceId, kind, dueMs } = notice;
    if (kind === 'message') return undefined;
    this.#last.delete(deviceId);
    const [oldest] = this.#last.keys();
    if (this.#last.size >= MAX_DEVICES && oldest !== undefined) this.#last.delete(oldest);
    this.#last.set(deviceId, { notice, atMs: nowMs });
    const untilMs = notice.expiresMs ?? Math.round(nowMs + RINGS_FOR_MS);
    // A late notice is told to a person who has just come.
    if (kind !== 'alarm' || attended || nowMs - dueMs > LATE_MS || nowMs + AGAIN_MS >= untilMs) return undefined;
    const again = {
      ...notice,
      id: randomUUID(),
      dueMs: Math.round(nowMs + AGAIN_MS),
      expiresMs: untilMs,
      repeats: undefined,
      createdMs: Math.round(nowMs),
    };
    const waiting = (this.#again.get(deviceId) ?? []).filter((one) => one.untilMs > nowMs);
    this.#again.set(deviceId, [...waiting, { id: again.id, untilMs }]);
    return again;
  }

  /** Somebody is there. Returns the ids of the notices that are no longer needed. */
  answered(deviceId: string): readonly string[] {
    const waiting = this.#again.get(deviceId) ?? [];
    this.#again.delete(deviceId);
    return waiting.map(({ id }) => id);
  }

  /** True if this notice repeats an alarm that nobody has answered. */
  isAgain(deviceId: string, id: string): boolean {
    return this.#again.get(deviceId)?.some((one) => one.id === id) === true;
  }

  forget(deviceId: string): void {
    this.#last.delete(deviceId);
    this.#again.delete(deviceId);
  }

  /** The notice that a person would snooze; undefined: nothing has rung recently. */
  last(deviceId: string, nowMs: number): NoticeRecord | undefined {
    const last = this.#last.get(deviceId);
    return last && nowMs - last.atMs <= SNOOZE_WITHIN_MS ? last.notice : undefined;
  }
}
