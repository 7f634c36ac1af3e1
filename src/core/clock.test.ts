import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { sleep, waitAtMost, withTimeout } from './clock.js';
import { Cancelled } from './errors/index.js';

describe('sleep', () => {
  it('resolves after its time, and leaves no timer after an abort', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let done = false;
    const finished = sleep(clock, 100).then(() => (done = true));
    const aborted = sleep(clock, 100, controller.signal);
    controller.abort(new Cancelled('test'));
    await expect(aborted).rejects.toThrow('cancelled: test');
    expect(clock.pending).toBe(1);
    await clock.advance(99);
    expect(done).toBe(false);
    await clock.advance(1);
    await finished;
  });
});

describe('withTimeout', () => {
  it('rejects with its own error even if the work ignores the signal', async () => {
    const clock = new FakeClock();
    const result = withTimeout(
      clock,
      50,
      undefined,
      () => new Error('too slow'),
      () => new Promise(() => undefined),
    );
    const outcome = result.catch((error: unknown) => error);
    await clock.advance(50);
    expect(await outcome).toEqual(new Error('too slow'));
  });

  it('rejects with the reason of the parent, cancels its timer, and stops listening to the parent', async () => {
    const clock = new FakeClock();
    const parent = new AbortController();
    const result = withTimeout(
      clock,
      50,
      parent.signal,
      () => new Error('too slow'),
      () => new Promise(() => undefined),
    );
    const outcome = result.catch((error: unknown) => error);
    parent.abort(new Cancelled('gone'));
    expect(await outcome).toEqual(new Cancelled('gone'));
    await settle();
    expect(clock.pending).toBe(0);
    await expect(
      withTimeout(
        clock,
        50,
        parent.signal,
        () => new Error('x'),
        () => Promise.resolve(1),
      ),
    ).rejects.toThrow('cancelled: gone');
  });

  it('returns the result', async () => {
    const clock = new FakeClock();
    await expect(
      withTimeout(
        clock,
        50,
        undefined,
        () => new Error('x'),
        () => Promise.resolve(7),
      ),
    ).resolves.toBe(7);
    expect(clock.pending).toBe(0);
  });
});

describe('waitAtMost', () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const late = (): Error => new Error('too slow');

  it('rejects with its own error after its time, and stops listening to the signal', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const outcome = waitAtMost(clock, 50, signal, late, never).catch((error: unknown) => error);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await clock.advance(50);
    expect(await outcome).toEqual(new Error('too slow'));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects with the reason of the signal and leaves no timer, even for an aborted signal', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const outcome = waitAtMost(clock, 50, controller.signal, late, never).catch((error: unknown) => error);
    controller.abort(new Cancelled('gone'));
    expect(await outcome).toEqual(new Cancelled('gone'));
    let begun = false;
    const work = async (): Promise<void> => void (begun = true);
    await expect(waitAtMost(clock, 50, controller.signal, late, work)).rejects.toThrow('cancelled: gone');
    expect(begun).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('returns the result or the failure, and leaves no timer', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    await expect(waitAtMost(clock, 50, signal, late, () => Promise.resolve(7))).resolves.toBe(7);
    await expect(waitAtMost(clock, 50, signal, late, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(clock.pending).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
