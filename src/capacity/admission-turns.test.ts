import { describe, expect, it } from 'vitest';
import { world } from '../../test/fakes/admission-world.js';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { Cancelled, noMetrics } from '../core/index.js';
import { createAdmission } from './admission.js';

describe('a limit on concurrent turns', () => {
  it('counts a turn as soon as it is admitted, and counts a double release once', () => {
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

  it('admits a conversation before a new device, then the device that waits longest', async () => {
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

  it('treats a device with a turn in the last 30 s as a conversation', async () => {
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

  it('counts a device as active if it talks or talked in the last 6 s, and keeps its seat for 15 s', async () => {
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

  it('keeps the place of a refused device that asks again, whatever the reason of the refusal', async () => {
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

  it('admits the device that was refused first, while several wait', async () => {
    const { clock, admission, admitted, want, end } = world({ maxTalking: 1 });
    want('a');
    want('patient', undefined, 1000);
    await clock.advance(5000);
    want('new', undefined, 60_000);
    await clock.advance(1000);
    want('patient', undefined, 60_000);
    admission.turnedAway('nobody');
    await end('a');
    expect(admitted).toEqual(['a', 'patient refused', 'patient']);
    await end('patient');
    expect(admitted.at(-1)).toBe('new');
    await end('new');
  });

  it('sets no timer for a seat while every seat has a turn in progress', async () => {
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
    // `setTimeout(Infinity)` would fire at once, repeatedly.
    expect(delays).toEqual([3000]);
    permit?.release();
    (await waiting)?.release();
  });

  it('continues conversations above a lowered limit only as turns end', async () => {
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

  it('forgets a device whose wait was aborted, and its timers', async () => {
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

describe('the queue of waiting devices', () => {
  it('keeps the order of arrival, even within a millisecond', async () => {
    const { admitted, want, end } = world({ maxTalking: 1 });
    for (const name of ['a', 'b', 'c']) want(name);
    for (const name of ['a', 'b', 'c']) await end(name);
    expect(admitted).toEqual(['a', 'b', 'c']);
  });

  it('serves devices that are owed a turn before conversations', async () => {
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

  it('serves devices that are owed a turn before a conversation that has a seat', async () => {
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

  /**
   * Device `a` begins to wait at 700 ms and is refused at 1000 ms. Device `other` is refused at `otherMs`. Returns the
   * one that is admitted first.
   */
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

  it('admits the device that asked first, even if it was refused later', async () => {
    expect([await first(800), await first(500)]).toEqual(['a', 'other']);
  });

  it('keeps the place of a device whose wait ended without a free seat', async () => {
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
