import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramOf, sharesOf } from './distribution.js';
import { thin } from './thin.js';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }), {
  minLength: 1,
  maxLength: 800,
});

describe('the curve of shares', () => {
  it('gives the exact percentage of values that are at most x', () => {
    expect(sharesOf([[300, 100, 200, 100], [200]])).toEqual({
      xs: [100, 200, 300],
      columns: [
        [50, 75, 100],
        [0, 100, 100],
      ],
    });
  });

  it('rises to 100, and has few points however many values there are', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 3 }), (series) => {
        const { xs, columns } = sharesOf(series);
        expect(xs.length).toBeLessThanOrEqual(300 * series.length);
        expect(xs).toEqual([...new Set(xs)].sort((a, b) => a - b));
        columns.forEach((column, index) => {
          expect(column.at(-1)).toBe(100);
          const of = series[index] ?? [];
          column.forEach((share, at) =>
            expect(share).toBe((100 * of.filter((value) => value <= (xs[at] ?? 0)).length) / of.length),
          );
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('a histogram', () => {
  it('counts each value once, in bins of a round width', () => {
    expect(histogramOf([[0, 9, 10, 49]])).toEqual({ xs: [0, 10, 20, 30, 40], columns: [[2, 1, 0, 0, 1]] });
    expect(histogramOf([[800, 800, 800]])).toEqual({ xs: [800], columns: [[3]] });
    fc.assert(
      fc.property(values, (all) => {
        const { xs, columns } = histogramOf([all]);
        expect(columns[0]?.reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(xs.length).toBeLessThanOrEqual(42);
      }),
    );
  });
});

describe('a long timeline', () => {
  it('keeps every peak and dip when thinned', () => {
    const atS = Array.from({ length: 10_000 }, (_, index) => index);
    const column = atS.map((second) => (second === 5003 ? 99 : second === 7777 ? -5 : 50));
    const thinned = thin(atS, [column], 400);
    expect(thinned.atS.length).toBeLessThanOrEqual(400);
    expect(thinned.atS).toEqual([...new Set(thinned.atS)].sort((a, b) => a - b));
    const kept = thinned.columns[0] ?? [];
    expect(Math.max(...kept.map(Number))).toBe(99);
    expect(Math.min(...kept.map(Number))).toBe(-5);
    expect(Math.abs((thinned.atS[kept.indexOf(99)] ?? 0) - 5003)).toBeLessThanOrEqual(50);
  });

  it('stays unchanged when short, and keeps gaps', () => {
    expect(thin([0, 1, 2], [[1, null, 3]], 10)).toEqual({ atS: [0, 1, 2], columns: [[1, null, 3]] });
    const atS = Array.from({ length: 100 }, (_, index) => index);
    const { columns } = thin(atS, [atS.map((second) => (second >= 50 ? null : second))], 20);
    expect(columns[0]?.slice(0, 10).every((value) => value !== null)).toBe(true);
    expect(columns[0]?.slice(10).every((value) => value === null)).toBe(true);
  });
});
