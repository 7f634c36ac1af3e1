import type { Labels, Metrics } from '../../src/core/index.js';

/** Keeps the counters; the rest is forgotten. */
export class CountingMetrics implements Metrics {
  readonly counts: Record<string, number> = {};

  count(name: string, labels: Labels = {}, by = 1): void {
    const key = [name, ...Object.values(labels)].join(' ');
    this.counts[key] = (this.counts[key] ?? 0) + by;
  }
  gauge(): void {}
  observeMs(): void {}

  /** Counters whose name begins so, by what follows it. */
  of(name: string): Record<string, number> {
    return Object.fromEntries(Object.entries(this.counts).flatMap(([key, count]) => (key.startsWith(`${name} `) ? [[key.slice(name.length + 1), count]] : [])));
  }
}
