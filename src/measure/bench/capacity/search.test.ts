import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalWithin, seededRandom, uniform } from '../../../core/index.js';
import { CLAIM_DEVICES, CLAIM_TURNS, type Trial, trialLength, trialMs } from './lengths.js';
import { type Found, foundIn, nextTrial, type Tried } from './search.js';

const TEN_MINUTES_MS = 600_000;
const BUDGET_MS = 590_000;
const MAX = 1000;

type Machine = (trial: Trial) => {
  readonly holds: boolean;
  readonly turns?: number;
  readonly load?: number;
  readonly tookMs?: number;
};

interface Searched extends Found {
  readonly trials: readonly string[];
  readonly tookMs: number;
}

function search(machine: Machine, guess: number, { max = MAX, budgetMs = BUDGET_MS, fromMs = 0 } = {}): Searched {
  const tried: Tried[] = [];
  let nowMs = fromMs;
  for (
    let trial = nextTrial(tried, budgetMs - nowMs, { guess, max });
    trial;
    trial = nextTrial(tried, budgetMs - nowMs, { guess, max })
  ) {
    const {
      holds,
      turns = 4.7 * trial.devices * (trialLength(trial).durationMs / 60_000),
      load,
      tookMs = trialMs(trial),
    } = machine(trial);
    tried.push({ ...trial, holds, turns, load });
    nowMs += tookMs;
  }
  return {
    ...foundIn(tried),
    trials: tried.map(({ kind, devices, holds }) => `${kind} ${devices}${holds ? '' : ' missed'}`),
    tookMs: nowMs,
  };
}

const exact =
  (capacity: number): Machine =>
  ({ devices }) => ({ holds: devices <= capacity });

/**
 * Simulates a machine as noisy as a real one with two cores and 29 to 45 devices. The apparent capacity has a standard
 * deviation of 5 % in a run of 220 turns, and a larger one in a shorter run. A run of 25 s sees a tenth less of the
 * load. The CPU reaches its target at up to a quarter more devices than the capacity. A complete run has 19 s of
 * overhead, and a run that is stopped early has 8 s.
 */
function noisyMachine(capacity: number, seed: number, noise = 1): Machine {
  const random = seededRandom(seed, 'machine');
  const off = (deviation: number): number => normalWithin(random, 0, noise * deviation, -1, 1);
  const cpuCapacity = capacity * uniform(random, 1, 1.25);
  return (trial) => {
    const { devices } = trial;
    const { warmupMs, durationMs } = trialLength(trial);
    const turns = 4.85 * devices * (durationMs / 60_000);
    const unseen = 0.1 * Math.max(0, (75_000 - durationMs) / 50_000);
    const over = Math.log(devices / capacity) - unseen + off(0.05 * Math.sqrt(220 / turns));
    const load = (devices / cpuCapacity) * Math.exp(off(0.1 * Math.sqrt(25_000 / durationMs)));
    const seenAfterMs = 6000 + 60_000 * (60 / (4.85 * devices));
    const seen =
      over > Math.log(1.25) && seenAfterMs < durationMs
        ? { turns: 60, ms: seenAfterMs + 8000 }
        : { turns, ms: durationMs + 19_000 };
    return { holds: over <= 0, turns: seen.turns, load, tookMs: warmupMs + seen.ms + off(1000) };
  };
}

interface Outcome {
  readonly confirmed: number;
  readonly within10: number;
  readonly within20: number;
  readonly above10: number;
}

/**
 * Makes 200 searches. The first guess is a random share of the capacity between `from` and `to`. Eight seconds have
 * passed when a search starts.
 */
function outcomes(capacities: readonly number[], [from, to]: readonly [number, number], noise = 1): Outcome {
  const count = { confirmed: 0, within10: 0, within20: 0, above10: 0 };
  for (let seed = 0; seed < 200; seed++) {
    const capacity = capacities[seed % capacities.length] ?? 1;
    const guess = capacity * uniform(seededRandom(seed, 'guess'), from, to);
    const { devices, confirmed, tookMs } = search(noisyMachine(capacity, seed, noise), guess, { fromMs: 8000 });
    expect(tookMs).toBeLessThan(TEN_MINUTES_MS);
    if (!confirmed) continue;
    const share = devices / capacity;
    count.confirmed += 1;
    if (share >= 0.9 && share <= 1.1) count.within10 += 1;
    if (share >= 0.8 && share <= 1.1) count.within20 += 1;
    if (share > 1.1) count.above10 += 1;
  }
  return count;
}

describe('a search', () => {
  it('ends within ten minutes with a confirmed number near the truth, though every verdict is noisy', () => {
    const { confirmed, within10, within20, above10 } = outcomes([25, 35, 45, 60], [0.6, 1.2]);
    expect(confirmed).toBeGreaterThanOrEqual(198);
    expect(within20).toBeGreaterThanOrEqual(190);
    expect(within10).toBeGreaterThanOrEqual(165);
    expect(above10).toBeLessThanOrEqual(4);
  });

  it.each<[string, readonly number[], readonly [number, number], number, Outcome]>([
    [
      'where the guess is as far off as on two cores',
      [35],
      [0.75, 0.95],
      1,
      { confirmed: 198, within20: 194, within10: 175, above10: 2 },
    ],
    [
      'where verdicts are twice as noisy',
      [25, 35, 45, 60],
      [0.6, 1.2],
      2,
      { confirmed: 194, within20: 165, within10: 130, above10: 16 },
    ],
    [
      'where few are carried, and a long run takes minutes',
      [16, 20],
      [0.6, 1.2],
      1,
      { confirmed: 175, within20: 155, within10: 60, above10: 2 },
    ],
    ['where many are', [100, 200], [0.4, 1.2], 1, { confirmed: 198, within20: 195, within10: 190, above10: 2 }],
    [
      'where the guess is much too high',
      [30, 60],
      [1.2, 2],
      1,
      { confirmed: 198, within20: 180, within10: 160, above10: 4 },
    ],
    ['where it is much too low', [30, 60], [0.3, 0.5], 1, { confirmed: 198, within20: 165, within10: 125, above10: 6 }],
  ])('ends within ten minutes with a confirmed number %s', (_, capacities, guess, noise, least) => {
    const { confirmed, within10, within20, above10 } = outcomes(capacities, guess, noise);
    expect(confirmed).toBeGreaterThanOrEqual(least.confirmed);
    expect(within20).toBeGreaterThanOrEqual(least.within20);
    expect(within10).toBeGreaterThanOrEqual(least.within10);
    expect(above10).toBeLessThanOrEqual(least.above10);
  });

  it('finds a number when short runs hold and long runs fail', () => {
    const machine: Machine = ({ kind, devices }) => ({
      holds: devices <= (kind === 'probe' ? 39 : 35),
      load: devices / 39,
    });
    expect(search(machine, 29, { fromMs: 8000 })).toMatchObject({
      devices: 34,
      confirmed: true,
      refutedAt: 36,
      trials: ['probe 29', 'probe 36', 'confirm 36 missed', 'confirm 33', 'confirm 34'],
    });
  });

  it('never claims more than it saw, whatever the capacity of the machine', () => {
    assert(
      property(
        double({ min: 0.5, max: 400, noNaN: true }),
        double({ min: 0.3, max: 3, noNaN: true }),
        (capacity, wrong) => {
          const { devices, confirmed, refutedAt, trials, tookMs } = search(exact(capacity), capacity * wrong);
          expect(devices).toBeLessThanOrEqual(capacity);
          if (confirmed) expect(devices).toBeGreaterThanOrEqual(CLAIM_DEVICES);
          if (refutedAt !== undefined) expect(refutedAt).toBeGreaterThan(capacity);
          if (devices === 0) expect(trials).toContain('probe 1 missed');
          expect(new Set(trials).size).toBe(trials.length);
          expect(tookMs).toBeLessThanOrEqual(BUDGET_MS);
        },
      ),
    );
  });

  it('narrows the gap between the largest number that holds and the next that fails when there is time', () => {
    assert(
      property(integer({ min: 20, max: 400 }), double({ min: 0.4, max: 2.5, noNaN: true }), (capacity, wrong) => {
        const { devices, confirmed, refutedAt } = search(exact(capacity), capacity * wrong, { budgetMs: Infinity });
        expect(confirmed).toBe(true);
        expect((refutedAt ?? Infinity) - devices).toBeLessThanOrEqual(Math.max(1, 0.08 * devices));
      }),
    );
  });

  it('finds 0 when not even one device is served', () => {
    expect(search(exact(0), 20)).toMatchObject({
      devices: 0,
      confirmed: false,
      refutedAt: undefined,
      trials: ['probe 20 missed', 'probe 15 missed', 'probe 7 missed', 'probe 3 missed', 'probe 1 missed'],
    });
  });

  it('does not try more than the maximum, and does not call the maximum refuted', () => {
    expect(search(exact(100), 30, { max: 40 })).toMatchObject({
      devices: 40,
      confirmed: true,
      refutedAt: undefined,
      trials: ['probe 30', 'probe 38', 'confirm 38', 'refute 40'],
    });
  });
});

describe('the next trial', () => {
  const tried = (kind: Trial['kind'], devices: number, holds: boolean, load?: number): Tried => ({
    kind,
    devices,
    holds,
    turns: kind === 'probe' ? 75 : 220,
    load,
  });
  const next = (past: readonly Tried[], leftMs = Infinity): Trial | undefined =>
    nextTrial(past, leftMs, { guess: 30, max: MAX });
  const costMs = (...trials: readonly [Trial['kind'], number][]): number =>
    trials.reduce((sum, [kind, devices]) => sum + trialMs({ kind, devices }), 0);

  it('has no more devices than the CPU has room for', () => {
    expect(next([tried('probe', 30, true)])).toEqual({ kind: 'probe', devices: 38 });
    expect(next([tried('probe', 30, true, 0.83)])).toEqual({ kind: 'probe', devices: 36 });
    expect(next([tried('probe', 30, true, 0.4)])).toEqual({ kind: 'probe', devices: 56 });
    expect(next([tried('probe', 30, true, 0.95)])).toEqual({ kind: 'confirm', devices: 30 });
    expect(next([tried('probe', 30, false, 1.2)])).toEqual({ kind: 'probe', devices: 22 });
    expect(next([tried('confirm', 40, false, 1.2)])).toEqual({ kind: 'confirm', devices: 33 });
  });

  it('is a long run at once when short runs cannot tell two numbers apart', () => {
    expect(next([tried('probe', 30, true), tried('probe', 36, false)])).toEqual({ kind: 'confirm', devices: 30 });
    expect(next([tried('probe', 30, true), tried('probe', 50, false)])).toEqual({ kind: 'probe', devices: 39 });
  });

  it('steps down after a failed confirmation, and up after a successful one', () => {
    const failed = [tried('probe', 30, true), tried('probe', 38, true), tried('confirm', 38, false)];
    expect(next(failed)).toEqual({ kind: 'confirm', devices: 34 });
    expect(next([...failed, tried('confirm', 34, false)])).toEqual({ kind: 'confirm', devices: 31 });
    expect(next([...failed, tried('confirm', 34, true)])).toEqual({ kind: 'confirm', devices: 36 });
    expect(next([...failed, tried('confirm', 34, true), tried('confirm', 36, true)])).toBeUndefined();
  });

  it('is a number that should fail when no long run has failed', () => {
    expect(next([tried('confirm', 30, true)])).toEqual({ kind: 'refute', devices: 39 });
    expect(next([tried('probe', 32, false), tried('confirm', 30, true)])).toEqual({ kind: 'refute', devices: 32 });
  });

  it('leaves time for a confirmation and for a run with fewer devices', () => {
    const past = [tried('probe', 30, true)];
    const neededMs = costMs(['probe', 38], ['confirm', 30], ['confirm', 27]);
    expect(next(past, neededMs)).toEqual({ kind: 'probe', devices: 38 });
    expect(next(past, neededMs - 1)).toEqual({ kind: 'confirm', devices: 30 });
  });

  it('is a safer number when no other trial fits after it', () => {
    const past = [tried('probe', 30, true), tried('confirm', 30, false)];
    const neededMs = costMs(['confirm', 27], ['confirm', 24]);
    expect(next(past, neededMs)).toEqual({ kind: 'confirm', devices: 27 });
    expect(next(past, neededMs - 1)).toEqual({ kind: 'confirm', devices: 24 });
    expect(next(past, costMs(['confirm', 24]) - 1)).toEqual({ kind: 'confirm', devices: 27 });
    expect(next(past, costMs(['confirm', 27]) - 1)).toEqual({ kind: 'probe', devices: 15 });
    expect(next(past, costMs(['probe', 15]) - 1)).toBeUndefined();
  });
});

describe('the result of these trials', () => {
  const long = (devices: number, holds: boolean, turns = 220): Tried => ({
    kind: 'confirm',
    devices,
    holds,
    turns,
    load: undefined,
  });

  it('is confirmed by enough turns for a claim, and not by fewer', () => {
    expect(foundIn([long(30, true, CLAIM_TURNS)])).toEqual({ devices: 30, confirmed: true, refutedAt: undefined });
    expect(foundIn([long(30, true, CLAIM_TURNS - 1)])).toEqual({ devices: 30, confirmed: false, refutedAt: undefined });
    expect(foundIn([{ ...long(30, true), kind: 'probe' }])).toEqual({
      devices: 30,
      confirmed: false,
      refutedAt: undefined,
    });
  });

  it('is refuted by the next larger number that failed a long run, while a failure below it was chance', () => {
    expect(
      foundIn([
        { ...long(33, false), kind: 'probe' },
        long(40, false),
        long(36, false),
        long(29, false),
        long(31, true),
      ]),
    ).toEqual({ devices: 31, confirmed: true, refutedAt: 36 });
  });
});
