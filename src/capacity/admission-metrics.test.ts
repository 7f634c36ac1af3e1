import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { world } from '../../test/fakes/admission-world.js';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { noMetrics } from '../core/index.js';
import { createAdmission } from './admission.js';

it('counts refused devices', async () => {
  const counted: string[] = [];
  const metrics = {
    ...noMetrics,
    count: (name: string, labels: object = {}) => void counted.push([name, ...Object.values(labels)].join(' ')),
  };
  const { admission, want, end, refuse } = world({
    maxTalking: 2,
    room: { conversations: 1, strained: false },
    metrics,
  });
  want('a');
  refuse('b', 1);
  admission.setRoom({ conversations: 2, strained: true });
  refuse('b', 1);
  admission.setRoom({ conversations: 5, strained: false });
  want('c');
  refuse('b', 8);
  await end('c');
  refuse('d', 1);
  expect(
    counted.filter((line) => line.startsWith('chorus_admission_refused_total')).map((line) => line.split(' ')[1]),
  ).toEqual(['load', 'strain', ...Array(8).fill('sessions'), 'owed']);
});

it('wakes when a seat becomes free, not before', async () => {
  const clock = new FakeClock();
  const delays: number[] = [];
  const watched = {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs: number, work: () => void) => (delays.push(delayMs), clock.after(delayMs, work)),
  };
  const admission = createAdmission({ clock: watched, metrics: noMetrics, maxTalking: Infinity });
  admission.setRoom({ conversations: 1, strained: false });
  admission.tryAdmit('a')?.release();
  await clock.advance(1000);
  const permit = admission.tryAdmit('a');
  permit?.release();
  const waiting = admission.admit('b', undefined, 60_000, new AbortController().signal);
  // An idle machine refuses no device.
  expect(await waiting).toBeDefined();
  const next = admission.admit('c', undefined, 60_000, new AbortController().signal);
  expect(delays.filter((delayMs) => delayMs < 1000)).toEqual([]);
  await clock.advance(60_000);
  expect(await next).toBeUndefined();
});

it('counts admissions and refusals, and needs room for at least one', async () => {
  const metrics = new CountingMetrics();
  const { clock, admission, want, end } = world({ metrics, maxTalking: 1 });
  want('a');
  want('b');
  await end('a');
  expect(metrics.of('chorus_admission_total')).toEqual({ admitted: 1, waited: 1 });
  await end('b');
  expect(admission.tryAdmit('c')).toBeDefined();
  want('d', undefined, 1000);
  await clock.advance(1000);
  expect(metrics.of('chorus_admission_total')).toEqual({ admitted: 2, waited: 1, refused: 1 });
  for (const maxTalking of [0, Number.NaN])
    expect(() => world({ maxTalking })).toThrow(new RangeError('maxTalking must be at least 1'));
});

it('counts the reasons for refusals, including conversations and devices that are owed a turn', () => {
  const metrics = new CountingMetrics();
  const { admission, refuse } = world({ metrics, room: { conversations: 3, awaiting: 2, strained: false } });
  const reasons = (): unknown => metrics.of('chorus_admission_refused_total');
  const [a, b] = ['a', 'b'].map((name) => admission.tryAdmit(name));
  refuse('new', 1);
  expect(reasons()).toEqual({ crowd: 1 });
  a?.release();
  admission.setRoom({ conversations: 1, strained: false });
  refuse('a', 12);
  expect(reasons()).toEqual({ crowd: 1, load: 12 });
  // A device that was told "busy" counts as refused, although a seat is free now.
  b?.release();
  admission.setRoom({ conversations: 10, strained: false });
  admission.turnedAway('new');
  expect(reasons()).toEqual({ crowd: 1, load: 13 });
});

it("removes its listener from a device's signal when it admits the device", async () => {
  const { admission } = world({ maxTalking: 1 });
  const { signal } = new AbortController();
  const permit = admission.tryAdmit('a');
  const waiting = admission.admit('b', undefined, 3000, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  permit?.release();
  expect(await waiting).toBeDefined();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
