import { expect } from 'vitest';
import { createAdmission, type AdmissionOptions } from '../../src/capacity/admission.js';
import type { TalkPermit } from '../../src/capacity/capacity-port.js';
import { noMetrics } from '../../src/core/index.js';
import { FakeClock, settle } from './fake-clock.js';

/** An admission in which named devices ask, wait and end. Records in which order they were answered. */
export function world(options: Partial<AdmissionOptions> = {}) {
  const clock = new FakeClock();
  const admission = createAdmission({ clock, metrics: noMetrics, maxTalking: Infinity, ...options });
  const admitted: string[] = [];
  const permits = new Map<string, TalkPermit[]>();
  const waiting = new Set<string>();
  const wait = async (
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<void> => {
    waiting.add(deviceId);
    try {
      const permit = await admission.admit(deviceId, lastTurnEndedMs, waitMs, signal);
      admitted.push(permit === undefined ? `${deviceId} refused` : deviceId);
      if (permit !== undefined) permits.set(deviceId, [...(permits.get(deviceId) ?? []), permit]);
    } catch {
      admitted.push(`${deviceId} gone`);
    }
    waiting.delete(deviceId);
  };
  /** Whether the device talks or waits, because a session has only one turn at a time. */
  const occupied = (deviceId: string): boolean => waiting.has(deviceId) || (permits.get(deviceId)?.length ?? 0) > 0;
  const want = (
    deviceId: string,
    lastTurnEndedMs?: number,
    waitMs = 3000,
    signal = new AbortController().signal,
  ): void => {
    void wait(deviceId, lastTurnEndedMs, waitMs, signal);
  };
  const end = async (deviceId: string): Promise<void> => {
    await settle();
    permits.get(deviceId)?.shift()?.release();
    await settle();
  };
  const refuse = (deviceId: string, times: number): void => {
    for (let i = 0; i < times; i++) expect(admission.tryAdmit(deviceId)).toBeUndefined();
  };
  return { clock, admission, admitted, want, occupied, end, refuse };
}
