import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { Cancelled, noMetrics } from '../core/index.js';
import { createAdmission } from './admission.js';
import type { TalkPermit } from './port.js';

function world(maxTalking = 1) {
  const clock = new FakeClock();
  const admission = createAdmission({ clock, metrics: noMetrics, maxTalking });
  const admitted: string[] = [];
  const permits = new Map<string, TalkPermit>();
  const wait = async (deviceId: string, lastTurnEndedMs: number | undefined, waitMs: number, signal: AbortSignal): Promise<void> => {
    try {
      const permit = await admission.admit(deviceId, lastTurnEndedMs, waitMs, signal);
      admitted.push(permit === undefined ? `${deviceId} refused` : deviceId);
      if (permit !== undefined) permits.set(deviceId, permit);
    } catch {
      admitted.push(`${deviceId} gone`);
    }
  };
  const want = (deviceId: string, lastTurnEndedMs?: number, waitMs = 3000, signal = new AbortController().signal): void => {
    void wait(deviceId, lastTurnEndedMs, waitMs, signal);
  };
  return { clock, admission, admitted, permits, want };
}

describe('admission', () => {
  it('counts from the moment of admission, and a release twice is one', () => {
    const { admission } = world(1);
    const permit = admission.tryAdmit('a', undefined);
    expect(permit).toBeDefined();
    expect(admission.tryAdmit('b', undefined)).toBeUndefined();
    permit?.release();
    permit?.release();
    expect(admission.view().talking).toBe(0);
    expect(admission.tryAdmit('b', undefined)).toBeDefined();
    expect(admission.tryAdmit('c', undefined)).toBeUndefined();
  });

  it('gives room to a conversation before a newcomer, then to whoever waits longest', async () => {
    const { clock, admitted, permits, want } = world();
    want('first');
    await clock.advance(40_000);
    want('newcomer', undefined, 60_000);
    await clock.advance(10);
    want('stale', 5_000, 60_000);
    await clock.advance(10);
    want('talking', 39_000, 60_000);
    for (const name of ['first', 'talking', 'newcomer', 'stale']) {
      permits.get(name)?.release();
      await settle();
    }
    expect(admitted).toEqual(['first', 'talking', 'newcomer', 'stale']);
    expect(clock.pending).toBe(0);
  });

  it('who was refused and comes again keeps the place', async () => {
    const { clock, admitted, permits, want } = world();
    want('a');
    want('early', undefined, 1000);
    await clock.advance(2000);
    want('late', undefined, 10_000);
    want('early', undefined, 10_000);
    permits.get('a')?.release();
    await settle();
    expect(admitted).toEqual(['a', 'early refused', 'early']);
    permits.get('early')?.release();
    await settle();
    expect(admitted.at(-1)).toBe('late');
  });

  it('a wait that is given up leaves nothing', async () => {
    const { clock, admission, admitted, permits, want } = world();
    const gone = new AbortController();
    want('a');
    want('b', undefined, 3000, gone.signal);
    want('c', undefined, 3000, AbortSignal.abort(new Cancelled('before')));
    gone.abort(new Cancelled('test'));
    await settle();
    permits.get('a')?.release();
    expect(admitted.slice(1).sort()).toEqual(['b gone', 'c gone']);
    expect(admission.view()).toEqual({ talking: 0, waiting: 0 });
    expect(clock.pending).toBe(0);
  });

  it('never more than the bound, nobody waits while there is room', async () => {
    const step = fc.record({ device: fc.nat(9), what: fc.constantFrom('want', 'release', 'wait'), talked: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, max) => {
        const { clock, admission, permits, want } = world(max);
        for (const { device, what, talked } of steps) {
          if (what === 'want') want(`${device}`, talked ? clock.nowMs() : undefined);
          else if (what === 'release') {
            permits.get(`${device}`)?.release();
            permits.delete(`${device}`);
          } else await clock.advance(700);
          await settle(1);
          const { talking, waiting } = admission.view();
          expect(talking).toBeLessThanOrEqual(max);
          expect(waiting > 0 && talking < max).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});
