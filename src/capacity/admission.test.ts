import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { Cancelled, noMetrics } from '../core/index.js';
import { createAdmission, type AdmissionOptions } from './admission.js';
import type { TalkPermit } from './capacity-port.js';

function world(options: Partial<AdmissionOptions> = {}) {
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
  /** True if the device talks or waits: a session has one turn at a time. */
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

describe('a number of turns at once', () => {
  it('counts from the moment of admission, and counts a double release once', () => {
    const { admission } = world({ maxTalking: 1 });
    const permit = admission.tryAdmit('a');
    expect(permit).toBeDefined();
    expect(admission.tryAdmit('b')).toBeUndefined();
    permit?.release();
    permit?.release();
    expect(admission.view().talking).toBe(0);
    expect(admission.tryAdmit('b')).toBeDefined();
    expect(admission.tryAdmit('c')).toBeUndefined();
  });

  it('gives room to a conversation before a new device, then to the longest waiting', async () => {
    const { clock, admitted, want, end } = world({ maxTalking: 1 });
    want('first');
    await clock.advance(40_000);
    want('new', undefined, 60_000);
    await clock.advance(10);
    want('stale', 5_000, 60_000);
    await clock.advance(10);
    want('talking', 39_000, 60_000);
    for (const name of ['first', 'talking', 'new', 'stale']) await end(name);
    expect(admitted).toEqual(['first', 'talking', 'new', 'stale']);
    expect(clock.pending).toBe(0);
  });

  it('takes a turn of the last 30 s for a conversation', async () => {
    const { clock, admitted, want, end } = world({ maxTalking: 1 });
    want('first');
    await clock.advance(40_000);
    want('new', undefined, 60_000);
    want('30 s ago', 10_000, 60_000);
    await clock.advance(1);
    want('just less', 10_002, 60_000);
    for (const name of ['first', 'just less', 'new', '30 s ago']) await end(name);
    expect(admitted).toEqual(['first', 'just less', 'new', '30 s ago']);
  });

  it('counts as active who talks, or talked in the last 6 s; and keeps a seat for 15 s', async () => {
    const { clock, admission } = world();
    const permit = admission.tryAdmit('a');
    admission.tryAdmit('b');
    permit?.release();
    const seen = async (byMs: number): Promise<unknown> => {
      await clock.advance(byMs);
      const { active, conversations } = admission.view();
      return { active, conversations };
    };
    expect(await seen(5999)).toEqual({ active: 2, conversations: 2 });
    expect(await seen(1)).toEqual({ active: 1, conversations: 2 });
    expect(await seen(8999)).toEqual({ active: 1, conversations: 2 });
    expect(await seen(1)).toEqual({ active: 1, conversations: 1 });
  });

  it('keeps the place of a refused device that comes again, however it was refused', async () => {
    const { clock, admission, admitted, want, end } = world({ maxTalking: 1 });
    const gone = new AbortController();
    want('a');
    want('early', undefined, 60_000, gone.signal);
    await clock.advance(1000);
    want('second', undefined, 1000);
    await clock.advance(2000);
    admission.turnedAway('early');
    gone.abort(new Cancelled('told that it is busy'));
    want('late', undefined, 60_000);
    want('second', undefined, 60_000);
    await clock.advance(100_000);
    want('early', undefined, 60_000);
    await end('a');
    await end('early');
    expect(admitted).toEqual(['a', 'second refused', 'early gone', 'late refused', 'second refused', 'early']);
  });

  it('serves who was refused first before who came later, while both wait', async () => {
    const { clock, admission, admitted, want, end } = world({ maxTalking: 1 });
    want('a');
    want('patient', undefined, 1000);
    await clock.advance(5000);
    want('new', undefined, 60_000);
    await clock.advance(1000);
    // It was refused before the other one came.
    want('patient', undefined, 60_000);
    admission.turnedAway('nobody');
    await end('a');
    expect(admitted).toEqual(['a', 'patient refused', 'patient']);
    await end('patient');
    expect(admitted.at(-1)).toBe('new');
    await end('new');
  });

  it('sets no alarm while no seat becomes free by time alone', async () => {
    const delays: number[] = [];
    const clock = new FakeClock();
    const watched = {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs: number, fn: () => void) => {
        delays.push(delayMs);
        return clock.after(delayMs, fn);
      },
    };
    const admission = createAdmission({ clock: watched, metrics: noMetrics, maxTalking: 1 });
    const permit = admission.tryAdmit('a');
    const waiting = admission.admit('b', undefined, 3000, new AbortController().signal);
    // Only the limit of the wait: `setTimeout(Infinity)` would fire at once, again and again.
    expect(delays).toEqual([3000]);
    permit?.release();
    (await waiting)?.release();
  });

  it('lets conversations beyond a fallen limit go on only as turns end', async () => {
    const { admission, admitted, want, end, clock } = world({ room: { conversations: 3, strained: false } });
    for (const name of ['a', 'b', 'c']) want(name);
    await settle();
    for (const name of ['a', 'b', 'c']) await end(name);
    admission.setRoom({ conversations: 1, strained: false });
    for (const name of ['a', 'b', 'c']) want(name, clock.nowMs(), 10_000);
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c', 'a']);
    await end('a');
    expect(admitted).toEqual(['a', 'b', 'c', 'a', 'b']);
    await end('b');
    await end('c');
    expect(admitted).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('leaves nothing behind after an aborted wait', async () => {
    const { clock, admission, admitted, want, end } = world({ maxTalking: 1 });
    const gone = new AbortController();
    want('a');
    want('b', undefined, 3000, gone.signal);
    want('c', undefined, 3000, AbortSignal.abort(new Cancelled('before')));
    gone.abort(new Cancelled('test'));
    await settle();
    await end('a');
    expect(admitted.slice(1).sort()).toEqual(['b gone', 'c gone']);
    admission.release('a');
    expect(admission.view()).toEqual({ talking: 0, conversations: 0, active: 0, waiting: 0 });
    expect(clock.pending).toBe(0);
  });
});

describe('room for conversations', () => {
  it('keeps a conversation’s seat through its pauses; a new device waits until it is over', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    await end('a');
    await clock.advance(14_000);
    want('c', undefined, 500);
    await clock.advance(500);
    expect(admitted).toEqual(['a', 'b', 'c refused']);
    want('a', 0);
    await settle();
    expect(admitted.at(-1)).toBe('a');
    await end('a');
    want('c', undefined, 20_000);
    await clock.advance(14_999);
    expect(admission.view()).toEqual({ talking: 1, conversations: 2, active: 1, waiting: 1 });
    await clock.advance(1);
    expect(admitted.at(-1)).toBe('c');
    expect(clock.pending).toBe(0);
  });

  it('does not let a device that asks just when a seat becomes free overtake a waiting one', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('talks on');
    want('a');
    await end('a');
    let late: unknown = 'not asked';
    // Before the alarm of the gate, which is due at the same time.
    clock.after(15_000, () => {
      late = admission.tryAdmit('late');
      want('later', undefined, 500);
    });
    await clock.advance(13_000);
    want('b', undefined, 20_000);
    await clock.advance(2000);
    expect(late).toBeUndefined();
    expect(admitted).toEqual(['talks on', 'a', 'b']);
    await clock.advance(500);
    expect(admitted).toEqual(['talks on', 'a', 'b', 'later refused']);
  });

  it('frees the seat of a device that has left at once, or when its turn ends', async () => {
    const { admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    want('c');
    await end('a');
    admission.release('b');
    await settle();
    expect(admitted).toEqual(['a', 'b']);
    admission.release('a');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c']);
  });

  it('lets conversations go on under strain, and new ones begin only up to half of the limit', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 10, strained: false } });
    want('a');
    want('b');
    await end('a');
    admission.setRoom({ conversations: 6, strained: true });
    want('a', clock.nowMs());
    want('c');
    want('d');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'a', 'c']);
    admission.setRoom({ conversations: 6, strained: false });
    await settle();
    expect(admitted.at(-1)).toBe('d');
  });

  it('cuts nobody off when room shrinks, and refuses nobody on an idle machine', async () => {
    const { admission, admitted, want, end } = world({ room: { conversations: 3, strained: false } });
    for (const name of ['a', 'b', 'c']) want(name);
    await settle();
    admission.setRoom({ conversations: 1, strained: true });
    expect(admission.view().talking).toBe(3);
    for (const name of ['a', 'b', 'c']) await end(name);
    want('d');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('turned away ten times in a row', () => {
  it('gets its turn before a new device, although it is absent when there is room', async () => {
    const { clock, admission, admitted, want, end, refuse } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    refuse('patient', 9);
    await end('a');
    admission.release('a');
    // Nine refusals are fewer than ten: any device may take the room.
    want('c');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c']);
    admission.turnedAway('patient');
    await end('c');
    admission.release('c');
    await clock.advance(5000);
    want('new');
    await clock.advance(3000);
    want('patient');
    await settle();
    expect(admitted.slice(3)).toEqual(['new refused', 'patient']);
    // Its next refusals count from one again.
    await end('patient');
    admission.release('patient');
    want('new');
    await settle();
    expect(admitted.at(-1)).toBe('new');
  });

  it('goes before conversations where turns are counted, with one seat beyond the limit', async () => {
    const turns = world({ maxTalking: 1 });
    turns.want('a');
    turns.refuse('patient', 10);
    turns.want('b', 0, 20_000);
    turns.want('patient', undefined, 20_000);
    await turns.end('a');
    expect(turns.admitted).toEqual(['a', 'patient']);

    const seats = world({ room: { conversations: 1, strained: false } });
    seats.want('a');
    seats.refuse('patient', 10);
    seats.refuse('other', 10);
    seats.want('patient');
    seats.want('other');
    await settle();
    expect(seats.admitted).toEqual(['a', 'patient']);
  });

  it('waits only 15 s for a device that does not come back', async () => {
    const { clock, admission, admitted, want, end, refuse } = world({ maxTalking: 1 });
    want('a');
    refuse('gone', 10);
    await end('a');
    want('new', undefined, 60_000);
    await clock.advance(14_999);
    expect(admission.view().waiting).toBe(1);
    await clock.advance(1);
    expect(admitted).toEqual(['a', 'new']);
    expect(clock.pending).toBe(0);
  });
});

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

describe('any sequence of events', () => {
  const step = fc.record({
    device: fc.nat(7),
    what: fc.constantFrom('want', 'want', 'end', 'leave', 'wait', 'room'),
    talked: fc.boolean(),
    room: fc.nat(5),
    strained: fc.boolean(),
  });

  it('admits no more turns and conversations than there is room for, and nobody waits without a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (steps, maxTalking) => {
        let room = { conversations: 2, strained: false };
        const { clock, admission, admitted, want, occupied, end } = world({ maxTalking, room, seatMs: 5000 });
        for (const { device, what, talked, ...change } of steps) {
          const before = admission.view();
          if (what === 'want' && !occupied(`${device}`)) want(`${device}`, talked ? clock.nowMs() : undefined);
          else if (what === 'end') await end(`${device}`);
          else if (what === 'leave') admission.release(`${device}`);
          else if (what === 'wait') await clock.advance(1100);
          else admission.setRoom((room = { conversations: change.room, strained: change.strained }));
          await settle(1);
          const { talking, conversations, active, waiting } = admission.view();
          expect(talking <= active && active <= conversations).toBe(true);
          expect(talking).toBeLessThanOrEqual(maxTalking);
          expect(talking).toBeGreaterThanOrEqual(0);
          // One more for devices that are owed a turn, and one because an idle machine refuses nobody.
          if (conversations > before.conversations)
            expect(conversations).toBeLessThanOrEqual(Math.max(1, room.conversations) + 2);
          const refusedOften = admitted.filter((entry) => entry.endsWith('refused')).length >= 10;
          const free =
            talking === 0 || (talking < maxTalking && conversations < room.conversations * (room.strained ? 0.5 : 1));
          if (!refusedOften) expect(waiting > 0 && free).toBe(false);
        }
        admission.setRoom({ conversations: 100, strained: false });
        while (admission.view().talking > 0) for (let device = 0; device < 8; device++) await end(`${device}`);
        await clock.advance(200_000);
        expect(admission.view()).toEqual({ talking: 0, conversations: 0, active: 0, waiting: 0 });
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a crowd that begins at once', () => {
  const room = { conversations: 20, awaiting: 12, strained: false };

  it('is let in while those before are answered soon; a reply that is heard makes room', async () => {
    const { admission, admitted, want } = world({ room });
    const permits = Array.from({ length: 12 }, (_, i) => admission.tryAdmit(`d${i}`));
    expect(permits).not.toContain(undefined);
    expect(admission.tryAdmit('late')).toBeUndefined();
    want('patient');
    permits[0]?.answered();
    permits[0]?.answered();
    await settle();
    expect(admitted).toEqual(['patient']);
    expect(admission.tryAdmit('late')).toBeUndefined();
    // A turn that ended without a sound waits for none either.
    permits[1]?.release();
    permits[1]?.answered();
    expect(admission.tryAdmit('late')).toBeDefined();
    expect(admission.tryAdmit('later')).toBeUndefined();
  });

  it('does not keep a conversation from its next turn', () => {
    const { admission } = world({ room });
    admission.tryAdmit('talker')?.release();
    for (let i = 0; i < 12; i++) expect(admission.tryAdmit(`d${i}`)).toBeDefined();
    expect(admission.tryAdmit('new')).toBeUndefined();
    expect(admission.tryAdmit('talker')).toBeDefined();
  });
});

describe('the line of those who wait', () => {
  it('is in the order in which they came, also within a millisecond', async () => {
    const { admitted, want, end } = world({ maxTalking: 1 });
    for (const name of ['a', 'b', 'c']) want(name);
    for (const name of ['a', 'b', 'c']) await end(name);
    expect(admitted).toEqual(['a', 'b', 'c']);
  });

  it('has whoever is owed a turn before conversations', async () => {
    const { clock, admission, admitted, want, end, refuse } = world({ maxTalking: 1 });
    await clock.advance(5000);
    expect(admission.tryAdmit('first')).toBeDefined();
    refuse('owed', 10);
    want('talking', 4000);
    want('owed');
    admission.release('first');
    await end('first');
    expect(admitted).toEqual([]);
  });

  it('has whoever is owed a turn before a conversation that has a seat', async () => {
    const { clock, admitted, want, end, refuse } = world({ maxTalking: 1 });
    want('talking');
    await end('talking');
    want('first');
    refuse('owed', 10);
    want('talking', clock.nowMs());
    want('owed');
    for (const name of ['first', 'owed', 'talking']) await end(name);
    expect(admitted).toEqual(['talking', 'first', 'owed', 'talking']);
  });

  /** Device `a` waits from 700 ms on, is told to go at 1000, and comes again beside one that was refused at `other`. */
  async function first(otherMs: number): Promise<string | undefined> {
    const { clock, admission, admitted, want, end, refuse } = world({ maxTalking: 1 });
    want('first');
    want('early', undefined, 60_000);
    const until = async (ms: number): Promise<void> => clock.advance(ms - clock.nowMs());
    if (otherMs < 700) {
      await until(otherMs);
      refuse('other', 1);
    }
    await until(700);
    const gone = new AbortController();
    want('a', undefined, 60_000, gone.signal);
    if (otherMs > 700) {
      await until(otherMs);
      refuse('other', 1);
    }
    await until(1000);
    admission.turnedAway('a');
    gone.abort(new Cancelled('gone'));
    await until(2000);
    want('other', undefined, 60_000);
    want('a', undefined, 60_000);
    await end('first');
    await end('early');
    return admitted.find((name) => name === 'a' || name === 'other');
  }

  it('keeps the place of a device that was turned away while it waited: its own, not that of another', async () => {
    expect([await first(800), await first(500)]).toEqual(['a', 'other']);
  });

  it('keeps the place of a device whose wait ended without room', async () => {
    const { clock, admitted, want, end, refuse } = world({ maxTalking: 1 });
    want('first');
    await clock.advance(1);
    want('a', undefined, 3000);
    await clock.advance(1000);
    refuse('other', 1);
    await clock.advance(3000);
    want('other', undefined, 60_000);
    want('a', undefined, 60_000);
    await end('first');
    expect(admitted).toEqual(['first', 'a refused', 'a']);
  });
});

describe('a device that is owed a turn', () => {
  it('keeps newcomers out although nobody talks, and takes a seat within the limit for a conversation', async () => {
    const metrics = new CountingMetrics();
    const { clock, admission, refuse } = world({ metrics });
    admission.setRoom({ conversations: 1, strained: false });
    const permit = admission.tryAdmit('first');
    refuse('owed', 10);
    permit?.release();
    admission.release('first');
    expect(admission.view()).toMatchObject({ talking: 0, conversations: 0 });
    expect(admission.tryAdmit('new')).toBeUndefined();
    expect(metrics.of('chorus_admission_refused_total')).toEqual({ load: 10, owed: 1 });
    admission.tryAdmit('owed')?.release();
    await clock.advance(1000);
    expect(admission.view()).toMatchObject({ talking: 0, conversations: 1 });
  });
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
  // An idle machine refuses nobody, so `b` may talk at once.
  expect(await waiting).toBeDefined();
  const next = admission.admit('c', undefined, 60_000, new AbortController().signal);
  expect(delays.filter((delayMs) => delayMs < 1000)).toEqual([]);
  await clock.advance(60_000);
  expect(await next).toBeUndefined();
});

it('counts how devices were let in or refused, and needs room for one', async () => {
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

it('counts why devices were refused, also conversations and those that are owed a turn', () => {
  const metrics = new CountingMetrics();
  const { admission, refuse } = world({ metrics, room: { conversations: 3, awaiting: 2, strained: false } });
  const reasons = (): unknown => metrics.of('chorus_admission_refused_total');
  const [a, b] = ['a', 'b'].map((name) => admission.tryAdmit(name));
  refuse('new', 1);
  expect(reasons()).toEqual({ crowd: 1 });
  a?.release();
  admission.setRoom({ conversations: 1, strained: false });
  // Its conversation has a seat, but the limit fell; from the tenth time on it is owed a turn.
  refuse('a', 12);
  expect(reasons()).toEqual({ crowd: 1, load: 12 });
  // It was told that the server is busy, although room came in the same moment.
  b?.release();
  admission.setRoom({ conversations: 10, strained: false });
  admission.turnedAway('new');
  expect(reasons()).toEqual({ crowd: 1, load: 13 });
});

it('no longer listens to the signal of a device that was let in', async () => {
  const { admission } = world({ maxTalking: 1 });
  const { signal } = new AbortController();
  const permit = admission.tryAdmit('a');
  const waiting = admission.admit('b', undefined, 3000, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  permit?.release();
  expect(await waiting).toBeDefined();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
