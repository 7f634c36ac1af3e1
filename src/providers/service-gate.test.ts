import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ChorusError, noMetrics } from '../core/index.js';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { ServiceGate, type ServiceGateOptions } from './service-gate.js';

const never = new AbortController().signal;
const clock = new FakeClock();
const gateOf = (options: Partial<ServiceGateOptions>): ServiceGate =>
  new ServiceGate({ kind: 'asr', service: 'acme', concurrent: 1, clock, metrics: noMetrics, ...options });

/** Jain's fairness index. 1 means equal shares. */
const jain = (shares: readonly number[]): number =>
  shares.reduce((sum, one) => sum + one, 0) ** 2 / (shares.length * shares.reduce((sum, one) => sum + one * one, 0));

describe('the gate of a service', () => {
  it('shares ten places equally among sixty devices, even if some ask for much more', async () => {
    const gate = gateOf({ concurrent: 10, mostWaitMs: 1e6 });
    const served = new Map<string, number>();
    let most = 0;
    let running = 0;
    const over = new AbortController();
    setMaxListeners(0, over.signal);
    const ask = async (device: string): Promise<void> => {
      for (;;) {
        const { release } = await gate.take(device, over.signal);
        running += 1;
        most = Math.max(most, running);
        served.set(device, (served.get(device) ?? 0) + 1);
        await new Promise<void>((resolve) => clock.after(300, resolve));
        running -= 1;
        release();
      }
    };
    const asking = Array.from({ length: 60 }, (_, n) =>
      Array.from({ length: n % 10 === 0 ? 5 : 1 }, () => ask(`device ${n}`).catch(() => undefined)),
    ).flat();
    await clock.advance(60_000);
    over.abort(new Error('over'));
    await clock.advance(1_000);
    await Promise.all(asking);
    expect(most).toBe(10);
    expect(served.size).toBe(60);
    expect(jain([...served.values()])).toBeGreaterThan(0.95);
  });

  it('refuses a caller that waited too long, states the wait, and then has a free place', async () => {
    const waits: number[] = [];
    const metrics = { ...noMetrics, observeMs: (_: string, valueMs: number) => void waits.push(valueMs) };
    const gate = gateOf({ mostWaitMs: 3_000, metrics });
    const { release } = await gate.take('a', never);
    const waiting = gate.take('b', never).catch((error: unknown) => error);
    await clock.advance(3_000);
    expect(await waiting).toMatchObject({ code: 'capacity.queue_timeout' });
    const next = gate.take('c', never);
    await clock.advance(500);
    release();
    release();
    (await next).release();
    expect(gate.free).toBe(1);
    expect(waits).toEqual([0, 500]);
  });

  it('begins as many requests per minute as the service allows, in order, and refuses long waits', async () => {
    const waits: number[] = [];
    const metrics = { ...noMetrics, observeMs: (_: string, valueMs: number) => void waits.push(valueMs) };
    const gate = gateOf({ concurrent: 8, perMinute: 2, mostWaitMs: 3_000, metrics });
    (await gate.take('a', never)).release();
    await clock.advance(58_000);
    (await gate.take('a', never)).release();
    expect(gate.free).toBe(0);
    const order: string[] = [];
    const late = ['b', 'c'].map(async (device) => {
      const refused = await gate.take(device, never).then(
        ({ release }) => release(),
        (error: unknown) => error,
      );
      order.push(device);
      return refused;
    });
    await clock.advance(1_999);
    expect(order).toEqual([]);
    await clock.advance(1);
    expect(order).toEqual(['b']);
    await clock.advance(1_000);
    expect(await Promise.all(late)).toEqual([undefined, expect.objectContaining({ code: 'capacity.queue_timeout' })]);
    await expect(gate.take('d', never)).rejects.toThrow('takes 2 requests a minute; the next one may begin in 57 s');
    await clock.advance(57_000);
    expect(gate.free).toBe(8);
    (await gate.take('d', never)).release();
    expect(waits).toEqual([0, 0, 2_000, 0]);
  });

  it('uses another key when the first one has reached its limit per minute', async () => {
    const gate = gateOf({ keys: 'one two', concurrent: 4, perMinute: 2 });
    const keys: (string | undefined)[] = [];
    for (let count = 0; count < 4; count += 1) {
      const lease = await gate.take('a', never);
      keys.push(lease.key);
      lease.release();
    }
    expect(keys).toEqual(['one', 'one', 'two', 'two']);
    await expect(gate.take('a', never)).rejects.toMatchObject({ code: 'capacity.queue_timeout' });
  });

  it('does not count a request that found no usable key', async () => {
    const gate = gateOf({ keys: 'only', concurrent: 4, perMinute: 2 });
    const first = await gate.take('a', never);
    first.refused(new ChorusError('asr.rate_limited', 'slow', { details: { status: 429, retryAfterMs: 30_000 } }));
    first.release();
    for (let count = 0; count < 5; count += 1)
      await expect(gate.take('a', never)).rejects.toMatchObject({ code: 'asr.rate_limited' });
    await clock.advance(30_000);
    (await gate.take('a', never)).release();
    await expect(gate.take('a', never)).rejects.toMatchObject({ code: 'capacity.queue_timeout' });
  });

  it.each([['only'], ['one two']])('lets the next request through when the limit allows it (%s)', async (keys) => {
    // While `step` is not 0, time passes between two readings, as with a real clock.
    const base = new FakeClock();
    let aheadMs = 0;
    let step = 0.001;
    const moving = {
      nowMs: () => {
        aheadMs += step;
        return base.nowMs() + aheadMs;
      },
      wallMs: () => base.wallMs(),
      after: base.after.bind(base),
    };
    const gate = gateOf({ keys, concurrent: 8, perMinute: 2, clock: moving });
    const all = 2 * keys.split(' ').length;
    for (let count = 0; count < all; count += 1) (await gate.take('a', never)).release();
    step = 0;
    await base.advance(59_000);
    const next = gate.take('a', never).then(
      ({ release }) => release(),
      (error: unknown) => error,
    );
    await base.advance(1_000);
    expect(await next).toBeUndefined();
  });

  it('accepts a guess only if a place is free and more than half of the requests per minute are left', async () => {
    const gate = gateOf({ concurrent: 8, perMinute: 4 });
    const guesses: boolean[] = [gate.takesGuess];
    for (let count = 0; count < 3; count += 1) {
      (await gate.take('a', never)).release();
      guesses.push(gate.takesGuess);
    }
    expect(guesses).toEqual([true, true, false, false]);
    await clock.advance(60_000);
    expect(gate.takesGuess).toBe(true);
  });

  it('drops a caller that leaves while the limit per minute makes it wait', async () => {
    const gate = gateOf({ concurrent: 8, perMinute: 1, mostWaitMs: 1e6 });
    (await gate.take('a', never)).release();
    const gone = new AbortController();
    const waiting = gate.take('b', gone.signal).catch((error: unknown) => error);
    const reason = new Error('gone');
    gone.abort(reason);
    expect(await waiting).toBe(reason);
    await clock.advance(60_000);
    (await gate.take('c', never)).release();
  });

  it('has places for each key, and pauses a key that is wrong or was used too much', async () => {
    const gate = gateOf({ keys: 'one,two three', concurrent: 1 });
    const leases = await Promise.all(['a', 'b', 'c'].map((device) => gate.take(device, never)));
    expect(leases.map(({ key }) => key)).toEqual(['one', 'two', 'three']);
    leases[0]!.refused(new ChorusError('asr.rejected', 'no', { details: { status: 401 } }));
    leases[1]!.refused(new ChorusError('asr.rate_limited', 'slow', { details: { status: 429, retryAfterMs: 20_000 } }));
    for (const { release } of leases) release();
    const taken = async (): Promise<string | undefined> => {
      const lease = await gate.take('a', never);
      lease.release();
      return lease.key;
    };
    expect([await taken(), await taken()]).toEqual(['three', 'three']);
    const last = await gate.take('a', never);
    await expect(gate.take('b', never)).rejects.toMatchObject({ code: 'asr.rate_limited' });
    await clock.advance(20_000);
    expect(await taken()).toBe('two');
    last.release();
  });
});
