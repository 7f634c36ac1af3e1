export interface Columns {
  readonly xs: readonly number[];
  readonly columns: readonly (readonly number[])[];
}

const SHARE_POINTS = 300;
const MAX_BINS = 40;

/** For each series, the percentage of its values that are at most x. Every series needs at least one value. */
export function sharesOf(series: readonly (readonly number[])[]): Columns {
  const sorted = series.map((values) => [...values].sort((a, b) => a - b));
  const points = new Set<number>();
  for (const values of sorted) {
    const steps = Math.min(values.length, SHARE_POINTS);
    for (let step = 0; step < steps; step++)
      points.add(values[Math.round((step * (values.length - 1)) / Math.max(1, steps - 1))] ?? 0);
  }
  const xs = [...points].sort((a, b) => a - b);
  const columns = sorted.map((values) => {
    let below = 0;
    return xs.map((x) => {
      while (below < values.length && (values[below] ?? Infinity) <= x) below += 1;
      return (100 * below) / values.length;
    });
  });
  return { xs, columns };
}

/** `xs` contains the lower edge of each bin. */
export function histogramOf(series: readonly (readonly number[])[]): Columns {
  const all = series.flat();
  const low = all.reduce((least, value) => Math.min(least, value), Infinity);
  const high = all.reduce((most, value) => Math.max(most, value), -Infinity);
  const width = roundWidth((high - low) / Math.min(MAX_BINS, Math.max(5, Math.ceil(Math.sqrt(all.length)))));
  const first = Math.floor(low / width);
  const bins = Math.floor(high / width) - first + 1;
  const columns = series.map((values) => {
    const counts = Array.from({ length: bins }, () => 0);
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(value / width) - first));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  });
  return { xs: Array.from({ length: bins }, (_, bin) => (first + bin) * width), columns };
}

/** Smaller bins are useless for every quantity, and their numbers would lose digits. */
const LEAST_WIDTH = 1e-6;

/** Returns 1, 2 or 5 times a power of ten, at least `width`. Returns 1 if all values are equal. */
function roundWidth(width: number): number {
  if (!(width > LEAST_WIDTH)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  return ([1, 2, 5].find((step) => step * power >= width) ?? 10) * power;
}
