import { describe, expect, it } from 'vitest';
import { ChorusError, silentLogger } from '../../core/index.js';
import { withStore } from '../../composition/status.js';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { Reachability } from './reachability.js';

const away = new ChorusError('store.unreachable', 'gone');

describe('reachability of the database', () => {
  it('follows from the outcome of operations: no answer means lost, a failed statement is an answer', () => {
    const metrics = new CountingMetrics();
    const clock = new FakeClock();
    const one = new Reachability({ clock, log: silentLogger, metrics, ping: undefined });
    one.note(undefined);
    one.note(new ChorusError('store.failed', 'a constraint'));
    expect(one.lost).toBeUndefined();
    one.note(away);
    expect(one.lost).toEqual({ sinceMs: clock.wallMs(), code: 'store.unreachable', message: 'gone' });
    expect(metrics.gauges['chorus_store_up']).toBe(0);
    one.note(new ChorusError('store.taken', 'a code'));
    expect(one.lost).toBeUndefined();
    expect(metrics.gauges['chorus_store_up']).toBe(1);
  });

  it('differs from writability, which is lost from a full disk to the next successful write', () => {
    const clock = new FakeClock();
    const one = new Reachability({ clock, log: silentLogger, metrics: new CountingMetrics(), ping: undefined });
    const sinceMs = clock.wallMs();
    one.noteWrite(new ChorusError('store.failed', 'a constraint'));
    expect(one.unwritable).toBeUndefined();
    one.noteWrite(new ChorusError('data.disk_full', 'full'));
    one.noteWrite(new ChorusError('data.disk_full', 'still full'));
    one.note(undefined);
    const unwritable = { sinceMs, code: 'data.disk_full' as const, message: 'full' };
    expect(one.unwritable).toEqual(unwritable);
    expect(withStore({ ready: true, starting: [] }, one)).toEqual({ ready: true, starting: [], unwritable });
    one.noteWrite(undefined);
    expect(one.unwritable).toBeUndefined();
  });

  it('is checked by pings: more often while lost, and at once when a connection is lost', async () => {
    const clock = new FakeClock();
    const ended = new AbortController();
    let pings = 0;
    let there = true;
    const ping = (): Promise<void> => {
      pings += 1;
      reachability.note(there ? undefined : away);
      return there ? Promise.resolve() : Promise.reject(away);
    };
    const reachability = new Reachability({ clock, log: silentLogger, metrics: new CountingMetrics(), ping });
    const watching = reachability.watch(ended.signal).catch(() => undefined);
    await clock.advance(31_000);
    expect(pings).toBe(3);
    there = false;
    reachability.checkNow();
    await settle();
    expect(pings).toBe(4);
    expect(reachability.lost).toBeDefined();
    await clock.advance(6500);
    expect(pings).toBeGreaterThanOrEqual(7);
    there = true;
    await clock.advance(2000);
    expect(reachability.lost).toBeUndefined();
    ended.abort(new Error('over'));
    await watching;
  });

  it('needs no pings for the embedded database', async () => {
    const one = new Reachability({
      clock: new FakeClock(),
      log: silentLogger,
      metrics: new CountingMetrics(),
      ping: undefined,
    });
    await expect(one.watch(new AbortController().signal)).resolves.toBeUndefined();
  });
});
