import { MINUTE_MS } from '../../core/index.js';
import { randomUUID } from 'node:crypto';
import type { NoticeRecord } from '../../platform/store/index.js';
import { LATE_MS } from './notice-words.js';

const AGAIN_MS = 60_000;
/** Longest time between the first ring of an alarm and its last ring. The time is enough for three more rings. */
const RINGS_FOR_MS = 3.5 * AGAIN_MS;
/** A notice can be snoozed for this long after it was heard. */
const SNOOZE_WITHIN_MS = 15 * MINUTE_MS;
const MAX_DEVICES = 10_000;

/**
 * An alarm rings again until somebody answers, but only for some minutes. All notices except messages can be snoozed.
 */
export class Ringing {
  readonly #last = new Map<string, { readonly notice: NoticeRecord; readonly atMs: number }>();
  /** By device, the alarms that wait to ring again. Each is dropped when it expires. */
  readonly #again = new Map<string, readonly { readonly id: string; readonly untilMs: number }[]>();

  /** Call this when a notice was heard. Returns the notice that makes the alarm ring again, or undefined. */
  heard(notice: NoticeRecord, attended: boolean, nowMs: number): NoticeRecord | undefined {
    const { deviceId, kind, dueMs } = notice;
    if (kind === 'message') return undefined;
    this.#last.delete(deviceId);
    const [oldest] = this.#last.keys();
    if (this.#last.size >= MAX_DEVICES && oldest !== undefined) this.#last.delete(oldest);
    this.#last.set(deviceId, { notice, atMs: nowMs });
    const untilMs = notice.expiresMs ?? Math.round(nowMs + RINGS_FOR_MS);
    // A late alarm does not ring again, because it was spoken to a person who has just come.
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

  /** Restores an alarm that another server has stored, or that this server stored before its restart. */
  restore(notice: NoticeRecord): void {
    const { deviceId, id, expiresMs, createdMs } = notice;
    const waiting = this.#again.get(deviceId) ?? [];
    if (expiresMs === undefined || waiting.some((one) => one.id === id)) return;
    this.#again.set(deviceId, [...waiting, { id, untilMs: expiresMs }]);
    if (!this.#last.has(deviceId)) this.#last.set(deviceId, { notice, atMs: createdMs });
  }

  /** Call this when somebody is present. Returns the ids of notices that are no longer needed. */
  answered(deviceId: string): readonly string[] {
    const waiting = this.#again.get(deviceId) ?? [];
    this.#again.delete(deviceId);
    return waiting.map(({ id }) => id);
  }

  /** True if this notice repeats an unanswered alarm. */
  isAgain(deviceId: string, id: string): boolean {
    return this.#again.get(deviceId)?.some((one) => one.id === id) === true;
  }

  forget(deviceId: string): void {
    this.#last.delete(deviceId);
    this.#again.delete(deviceId);
  }

  /** The notice that can be snoozed. Undefined if no notice was heard recently. */
  last(deviceId: string, nowMs: number): NoticeRecord | undefined {
    const last = this.#last.get(deviceId);
    return last && nowMs - last.atMs <= SNOOZE_WITHIN_MS ? last.notice : undefined;
  }
}
