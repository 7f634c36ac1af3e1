import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/index.js';
import { CapacitySearch, type SearchOptions, type Trial } from './search.js';

/** Runs a search against a service; what was tried, in order. */
function run(options: SearchOptions, holds: (trial: Trial) => boolean, most = 100): { search: CapacitySearch; trials: Trial[] } {
  const search = new CapacitySearch(options);
  const trials: Trial[] = [];
  for (let trial = search.next(); trial && trials.length < most; trial = search.next()) {
    trials.push(trial);
    search.record(trial, holds(trial));
  }
  return { search, trials };
}

describe('CapacitySearch', () => {
  it('finds what a service carries, to an eighth, in few trials, confirmed below and refuted above', () => {
    assert(
      property(integer({ min: 1, max: 400 }), double({ min: 0.4, max: 2.5, noNaN: true }), (capacity, wrong) => {
        const { search, trials } = run({ guess: capacity * wrong, max: 1000 }, ({ devices }) => devices <= capacity);
        const { devices, confirmed, refutedAt } = search.found;
        expect(confirmed).toBe(true);
        expect(devices).toBeLessThanOrEqual(capacity);
        expect(devices).toBeGreaterThan(capacity / 1.3 - 1);
        expect(refutedAt).toBeGreaterThan(capacity);
        expect(refutedAt).toBe(Math.max(devices + 1, Math.ceil(1.3 * devices)));
        expect(trials.length).toBeLessThanOrEqual(10);
        expect(new Set(trials.map(({ kind, devices }) => `${kind} ${devices}`)).size).toBe(trials.length);
      }),
    );
  });

  it('is within an eighth where the guess is good', () => {
    const { search, trials } = run({ guess: 30, max: 1000 }, ({ devices }) => devices <= 37);
    expect(trials).toEqual([
      { kind: 'probe', devices: 30 },
      { kind: 'probe', devices: 38 },
      { kind: 'probe', devices: 34 },
      { kind: 'confirm', devices: 34 },
      { kind: 'refute', devices: 45 },
    ]);
    expect(search.found).toEqual({ devices: 34, confirmed: true, refutedAt: 45 });
  });

  it('ends, near the truth, where short runs near the border say anything', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed);
      // Within 15 % of the border a short run is a coin; a long one within 5 %.
      const { search, trials } = run({ guess: 25, max: 1000 }, ({ kind, devices }) => {
        const blur = kind === 'probe' ? 0.15 : 0.05;
        return Math.abs(devices / 40 - 1) < blur ? random() < 0.5 : devices <= 40;
      });
      expect(trials.length).toBeLessThan(14);
      expect(search.found.confirmed).toBe(true);
      expect(search.found.devices).toBeGreaterThanOrEqual(28);
      expect(search.found.devices).toBeLessThanOrEqual(42);
    }
  });

  it('says 0 where not even one device is served', () => {
    const { search, trials } = run({ guess: 20, max: 1000 }, () => false);
    expect(search.found).toEqual({ devices: 0, confirmed: false, refutedAt: undefined });
    expect(trials.map(({ devices }) => devices)).toEqual([20, 10, 5, 2, 1]);
  });

  it('goes down when a long run does not bear out the short ones', () => {
    const { search } = run({ guess: 40, max: 1000 }, ({ kind, devices }) => devices <= (kind === 'probe' ? 60 : 33));
    expect(search.found.confirmed).toBe(true);
    expect(search.found.devices).toBeLessThanOrEqual(33);
    expect(search.found.devices).toBeGreaterThanOrEqual(26);
  });

  it('does not look beyond the bound, and does not call that refuted', () => {
    const { search } = run({ guess: 30, max: 40 }, () => true);
    expect(search.found).toEqual({ devices: 40, confirmed: true, refutedAt: undefined });
  });

  it('confirms the best so far when time is short', () => {
    const search = new CapacitySearch({ guess: 20, max: 1000 });
    search.record({ kind: 'probe', devices: 20 }, true);
    search.settle();
    expect(search.next()).toEqual({ kind: 'confirm', devices: 20 });
    expect(search.found).toEqual({ devices: 20, confirmed: false, refutedAt: undefined });
  });
});
