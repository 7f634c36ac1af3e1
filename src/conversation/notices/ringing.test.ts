import { expect, it } from 'vitest';
import type { NoticeRecord } from '../../platform/store/index.js';
import { Ringing } from './ringing.js';

const DEVICE = 'aa:aa:aa:aa:aa:aa';
const DAY_MS = 86_400_000;
const alarm = (dueMs: number): NoticeRecord => ({
  id: `alarm ${dueMs}`,
  deviceId: DEVICE,
  kind: 'alarm',
  text: undefined,
  dueMs,
  timeZone: 'UTC',
  expiresMs: undefined,
  repeats: undefined,
  lengthMs: undefined,
  urgent: false,
  recordingId: undefined,
  createdMs: 0,
});

it('remembers only those unanswered alarms that may still ring again', () => {
  const ringing = new Ringing();
  const again = [1, 2, 3].map((day) => ringing.heard(alarm(day * DAY_MS), false, day * DAY_MS));
  expect(again.map((one) => ringing.isAgain(DEVICE, one?.id ?? ''))).toEqual([false, false, true]);
  expect(ringing.answered(DEVICE)).toEqual([again[2]?.id]);
});

it('forgets a device', () => {
  const ringing = new Ringing();
  ringing.heard(alarm(0), false, 0);
  ringing.forget(DEVICE);
  expect(ringing.last(DEVICE, 0)).toBeUndefined();
  expect(ringing.answered(DEVICE)).toEqual([]);
});
