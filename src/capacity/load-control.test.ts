import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoadControl, type LoadControl, type LoadSample, TABLE_CORES } from './load-control.js';
import { coresOfConversation } from './talk-cost.js';

const GB = 1024 ** 3;
const control = (options: Partial<Parameters<typeof createLoadControl>[0]> = {}): LoadControl =>
  createLoadControl({ target: 0.7, supplyCores: 2, supplyBytes: 8 * GB, max: Infinity, ...options });
const sample = (more: Partial<LoadSample> = {}): LoadSample => ({
  intervalMs: 2000,
  conversations: 0,
  active: more.conversations ?? 0,
  ownCores: 0.02,
  otherCores: 0,
  ownBytes: 0.6 * GB,
  availableBytes: 6 * GB,
  disturbed: false,
  busy: 0.5,
  pressure: 0.2,
  throttled: undefined,
  ...more,
});
/**
 * Every conversation takes `cost` cores, and as many devices talk as the limit allows. Returns the limit after each of
 * the `looks` samples.
 */
function run(load: LoadControl, cost: number, looks: number, more: Partial<LoadSample> = {}): number[] {
  return Array.from({ length: looks }, () => {
    const { conversations } = load.view();
    return load.look(sample({ conversations, ownCores: 0.02 + cost * conversations, ...more })).conversations;
  });
}

describe('the ceiling', () => {
  it('begins with a cautious table: five conversations per core', () => {
    expect(control().view()).toMatchObject({ conversations: 9, source: 'table', reason: 'cpu', strained: false });
    expect(control({ supplyCores: 1.5 }).view().conversations).toBe(7);
    expect(control({ supplyCores: 0.1 }).view().conversations).toBe(1);
    expect(control({ max: 3 }).view()).toMatchObject({ conversations: 3, reason: 'configured' });
  });

  it('follows the self-test at once', () => {
    const load = control();
    // Recognition takes a twelfth of real time. The voice is a remote service.
    const cores = coresOfConversation({ asrPerSecond: 0.083, ttsPerSecond: 0 });
    expect(cores).toBeCloseTo(0.04, 3);
    expect(load.selfTested(cores)).toMatchObject({ conversations: 34, source: 'self_test' });
    expect(coresOfConversation({ asrPerSecond: 0.083, ttsPerSecond: 0.1 })).toBeGreaterThan(2 * cores);
  });

  it('leaves part of the slots free, so that waits are short, if slots are scarcer than CPU', () => {
    const cores = coresOfConversation({ asrPerSecond: 0.083, ttsPerSecond: 0 });
    // With a quota of 1.5 cores, the CPU is enough for 25 conversations. There is one slot, and 14 conversations
    // already fill half of it.
    const quota = { supplyCores: 1.5, slots: 1 };
    const load = control(quota);
    expect(control({ supplyCores: 1.5 }).selfTested(cores).conversations).toBe(25);
    expect(load.selfTested(cores).conversations).toBe(14);
    // Each conversation occupies 0.04 of the slot.
    for (let look = 0; look < 60; look++) {
      const { conversations } = load.view();
      load.look(sample({ conversations, ownCores: 0.02 + 0.038 * conversations, slotsHeld: 0.04 * conversations }));
    }
    // There is room for 12.5 conversations. A difference of half a device is ignored.
    expect(load.view().conversations).toBe(13);
    // With two slots on two cores, the CPU is the limit.
    expect(control({ slots: 2 }).selfTested(cores).conversations).toBe(34);
  });

  it('measures the cost of conversations within a minute, and stays just below the target', () => {
    for (const cost of [0.02, 0.035, 0.06, 0.14, 0.25]) {
      const load = control();
      const ceilings = run(load, cost, 60);
      const fits = (0.7 * 2 - 0.02) / cost;
      for (const ceiling of ceilings.slice(30)) {
        // A limit that has risen stays slightly below the capacity.
        expect(ceiling, `${cost}`).toBeLessThanOrEqual(cost < TABLE_CORES ? 0.98 * fits : fits * 1.02 + 1);
        expect(ceiling, `${cost}`).toBeGreaterThanOrEqual(Math.floor(0.85 * fits) - 1);
      }
      expect(load.view().source).toBe('measured');
    }
  });

  it('relies on the self-test, but not on the table, while the first conversations are costly', () => {
    const load = control();
    const { conversations } = load.selfTested(0.022);
    expect(run(load, 0.03, 5, { conversations: 30, active: 30, ownCores: 0.92 })).toEqual(
      Array.from({ length: 5 }, () => conversations),
    );
    run(load, 0.03, 60);
    expect(load.view().costCores).toBeCloseTo(0.03, 3);
    const guessed = control();
    run(guessed, 0.25, 8);
    expect(guessed.view().conversations).toBeLessThan(9);
  });

  it('does not underestimate the cost of a conversation when a crowd leaves and only silent seats remain', () => {
    const load = control();
    run(load, 0.035, 60);
    const { conversations } = load.view();
    for (let active = conversations; active >= 0; active -= 5)
      load.look(sample({ conversations, active, ownCores: 0.02 + 0.035 * active }));
    expect(load.view().costCores).toBeCloseTo(0.035, 3);
    expect(load.view().conversations).toBe(conversations);
  });

  it('rises by at most a fifth per sample, because new conversations have cost nothing yet', () => {
    let before = 9;
    for (const ceiling of run(control(), 0.02, 30)) {
      expect(ceiling).toBeLessThanOrEqual(before + Math.max(2, Math.floor(before / 5)));
      before = ceiling;
    }
  });

  it('stays unchanged while others slowly take and release a few hundredths of the machine', () => {
    const load = control();
    run(load, 0.02, 60);
    const ceilings = Array.from({ length: 400 }, (_, i) => {
      const { conversations } = load.view();
      return load.look(
        sample({ conversations, ownCores: 0.02 + 0.02 * conversations, otherCores: 0.1 + 0.04 * Math.sin(i / 15) }),
      ).conversations;
    });
    expect(new Set(ceilings.slice(100)).size).toBe(1);
  });

  it('does not flap while costs and the load of others vary by a tenth', () => {
    const load = control();
    run(load, 0.04, 60);
    const ceilings = Array.from({ length: 100 }, (_, i) => {
      const { conversations } = load.view();
      const wave = Math.sin(i);
      return load.look(
        sample({
          conversations,
          ownCores: 0.02 + 0.04 * conversations * (1 + 0.1 * wave),
          otherCores: 0.1 + 0.05 * wave,
        }),
      ).conversations;
    });
    const changes = ceilings.slice(20).filter((ceiling, i, rest) => i > 0 && ceiling !== rest[i - 1]).length;
    expect(changes).toBeLessThanOrEqual(2);
  });

  it('considers only lasting load of other programs, recovers in seconds, and never leaves them more than half', () => {
    const load = control();
    run(load, 0.035, 60);
    const quiet = load.view().conversations;
    run(load, 0.035, 1, { otherCores: 2 });
    expect(load.view().conversations).toBeGreaterThan(0.88 * quiet);
    run(load, 0.035, 30, { otherCores: 2 });
    expect(load.view().conversations).toBeLessThanOrEqual(0.55 * quiet);
    expect(load.view().conversations).toBeGreaterThanOrEqual(0.4 * quiet);
    run(load, 0.035, 5);
    expect(load.view().conversations).toBeGreaterThanOrEqual(0.85 * quiet);
  });

  it('does not fall when another program ends, although its use is still in the sample', () => {
    const load = control();
    load.selfTested(0.02);
    run(load, 0.02, 30, { busy: 0.7 });
    // The other program takes all free CPU, and our processes get half of their need.
    run(load, 0.01, 10, { otherCores: 1, busy: 1 });
    const during = load.view().conversations;
    // This sample comes late, so it still contains load of the program that has ended.
    const { conversations } = load.view();
    const ending = load.look(
      sample({ conversations, ownCores: 0.02 + 0.02 * conversations, otherCores: 0.7, intervalMs: 9000 }),
    );
    expect(ending.conversations).toBeGreaterThanOrEqual(during);
    const after = run(load, 0.02, 6);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(during);
    expect(load.view().availableCores).toBe(2);
    expect(load.view().costCores).toBeCloseTo(0.02, 3);
  });

  it('learns a cost of at most three times the self-test, and recovers while no device talks', () => {
    const load = control();
    const quiet = load.selfTested(0.04).conversations;
    run(load, 0.04, 30);
    // A flood of requests uses most of the CPU, although a single device talks.
    for (let i = 0; i < 600; i++) load.look(sample({ conversations: 1, ownCores: 1.5 }));
    expect(load.view().costCores).toBeLessThanOrEqual(0.12);
    expect(load.view().conversations).toBeGreaterThanOrEqual(Math.floor(quiet / 3));
    for (let minute = 0; minute < 60 * 30; minute++) load.look(sample());
    expect(load.view().costCores).toBeLessThan(0.045);
    expect(load.view().conversations).toBeGreaterThan(0.85 * quiet);
  });

  it('forgets the cost of the first conversations if there was only the table', () => {
    const load = control();
    let spoken = 0;
    for (let look = 0; look < 30; look++) {
      const conversations = Math.min(40, load.view().conversations);
      spoken += conversations * 2;
      const cost = spoken < 300 ? 0.029 : 0.018;
      load.look(sample({ conversations, ownCores: 0.02 + cost * conversations }));
    }
    const afterAnHour = control().selfTested(0.0212).conversations;
    expect(load.view().conversations).toBeGreaterThanOrEqual(afterAnHour);
    expect(load.view().costCores).toBeCloseTo(0.018, 3);
  });

  it('limits the turns that wait for their first audio to as many as are answered soon, with a minimum of four', () => {
    const load = control();
    expect(load.selfTested(0.0345).awaiting).toBeCloseTo(24, 0);
    expect(control({ supplyCores: 0.1 }).view().awaiting).toBe(4);
    // The limit follows from the machine's capacity, even if a smaller number is configured.
    expect(control({ max: 4 }).view().awaiting).toBeGreaterThan(4);
  });

  it('falls while jobs begin too late although CPU is free, but not without limit, and rises again', () => {
    const load = control();
    load.selfTested(0.02);
    const atFirst = load.view().conversations;
    run(load, 0.02, 3, { lateShare: 0.04 });
    expect(load.view().conversations).toBe(atFirst);
    const [first, second] = run(load, 0.02, 2, { lateShare: 0.2 });
    expect(first).toBeLessThan(atFirst);
    expect(second).toBeLessThan(first ?? 0);
    run(load, 0.02, 30, { lateShare: 0.2 });
    const least = load.view().conversations;
    expect(least / atFirst).toBeGreaterThan(0.55);
    expect(least / atFirst).toBeLessThan(0.65);
    // The share of late jobs is between the two thresholds.
    expect(run(load, 0.02, 5, { lateShare: 0.03 }).at(-1)).toBe(least);
    expect(run(load, 0.02, 30, { lateShare: 0.01 }).at(-1)).toBeGreaterThanOrEqual(Math.floor(0.93 * atFirst));
  });

  it('falls only once for the same late jobs, and rises soon after the last of them', () => {
    const load = control();
    const atFirst = load.selfTested(0.02).conversations;
    const [lowered] = run(load, 0.02, 1, { lateShare: 0.2, newlyLate: 12 });
    // The share of late jobs decays slowly, although later jobs begin in time.
    expect(run(load, 0.02, 2, { lateShare: 0.2, newlyLate: 0 }).at(-1)).toBe(lowered);
    expect(run(load, 0.02, 1, { lateShare: 0.2, newlyLate: 1 })[0]).toBeLessThan(lowered ?? 0);
    run(load, 0.02, 20, { lateShare: 0.2, newlyLate: 12 });
    const least = load.view().conversations;
    expect(run(load, 0.02, 2, { lateShare: 0.2, newlyLate: 0 }).at(-1)).toBe(least);
    expect(run(load, 0.02, 10, { lateShare: 0.2, newlyLate: 0 }).at(-1)).toBeGreaterThanOrEqual(0.93 * atFirst);
  });

  it('rises if there are too few jobs for a share', () => {
    const load = control();
    load.selfTested(0.02);
    const [lowered] = run(load, 0.02, 1, { lateShare: 0.2, newlyLate: 12 });
    expect(run(load, 0.02, 30, { lateShare: undefined, newlyLate: 0 }).at(-1)).toBeGreaterThan(lowered ?? 0);
  });

  it('lets conversations in progress go on while late jobs keep new ones out, but not while CPU is short', () => {
    const load = control();
    const atFirst = load.selfTested(0.02).conversations;
    run(load, 0.02, 30, { lateShare: 0.2 });
    expect(load.view().conversations).toBeLessThan(0.65 * atFirst);
    expect(load.view().seated).toBeGreaterThanOrEqual(0.95 * atFirst);
    run(load, 0.04, 60, { lateShare: 0.2 });
    expect(load.view().seated).toBeLessThan(0.6 * atFirst);
    expect(control({ max: 4 }).view()).toMatchObject({ conversations: 4, seated: 4 });
  });

  it('is limited by memory too', () => {
    const view = control({ supplyBytes: GB }).look(sample({ ownBytes: 0.68 * GB, availableBytes: 20 * GB }));
    expect(view).toMatchObject({ reason: 'memory', conversations: 2 });
    expect(control({ supplyBytes: GB }).look(sample({ ownBytes: 0.9 * GB })).conversations).toBe(1);
  });

  it('learns neither from a self-test nor from the idle server', () => {
    const load = control();
    for (let i = 0; i < 50; i++) load.look(sample({ ownCores: 1.8, disturbed: true, conversations: 1 }));
    expect(load.view().costCores).toBe(TABLE_CORES);
    for (let i = 0; i < 200; i++) load.look(sample({ ownCores: 0.1 }));
    expect(load.view()).toMatchObject({ costCores: TABLE_CORES, conversations: 9 });
    expect(load.view().predictedLoad).toBeCloseTo(0.05, 2);
  });

  it('is a whole number from 1 to the configured one for any measurements', () => {
    const anything = fc.record({
      conversations: fc.nat(200),
      active: fc.nat(200),
      ownCores: fc.double({ min: 0, max: 64, noNaN: true }),
      otherCores: fc.double({ min: 0, max: 64, noNaN: true }),
      ownBytes: fc.nat(2 ** 31 - 1),
      availableBytes: fc.nat(2 ** 31 - 1),
      disturbed: fc.boolean(),
      intervalMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 30 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 64, noNaN: true }),
        (seen, target, supplyCores) => {
          const load = control({ target, supplyCores, max: 50 });
          for (const one of seen) {
            const { conversations, predictedLoad, costCores } = load.look(sample(one));
            expect(Number.isInteger(conversations) && conversations >= 1 && conversations <= 50).toBe(true);
            expect(Number.isFinite(predictedLoad) && costCores > 0).toBe(true);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('strain', () => {
  const strained = (load: LoadControl, signs: Partial<LoadSample>): boolean => load.look(sample(signs)).strained;

  it('begins after two samples of a full machine with waiting work, and ends with the first better one', () => {
    const load = control();
    const full = { busy: 0.99, pressure: 0.95 };
    expect([strained(load, full), strained(load, full)]).toEqual([false, true]);
    // These values are better, but not good enough to end the strain.
    expect(strained(load, { busy: 0.95, pressure: 0.8 })).toBe(true);
    expect(strained(load, { busy: 0.85, pressure: 0.8 })).toBe(false);
    expect([strained(load, full), strained(load, { busy: 0.5 }), strained(load, full)]).toEqual([false, false, false]);
  });

  it('begins with an exhausted quota, but not with busy cores alone if the kernel reports waiting', () => {
    const load = control();
    expect([1, 2, 3].map(() => strained(load, { busy: 1, pressure: 0.5 }))).toEqual([false, false, false]);
    expect([1, 2].map(() => strained(load, { throttled: 0.6 }))).toEqual([false, true]);
    expect(strained(load, { throttled: 0.3 })).toBe(true);
    expect(strained(load, { throttled: 0.1 })).toBe(false);
    expect([1, 2].map(() => strained(load, { busy: 1, pressure: undefined }))).toEqual([false, true]);
  });
});
