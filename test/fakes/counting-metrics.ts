import type { Labels, Metrics } from '../../src/core/index.js';

/** Records the counters and the last value of each gauge. Ignores durations. */
export class CountingMetrics implements Metrics {
  readonly counts: Record<string, number> = {};
  readonly gauges: Record<string, number> = {};

  count(name: string, labels: Labels = {}, by = 1): void {
    const key = [name, ...Object.values(labels)].join(' ');
    this.counts[key] = (this.counts[key] ?? 0) + by;
  }
  gauge(name: string, value: number, labels: Labels = {}): void {
    this.gauges[[name, ...Object.values(labels)].join(' ')] = value;
  }
  observeMs(): void {}

  /** The counters of this metric, by the values of their labels. */
  of(name: string): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.counts).flatMap(([key, count]) =>
        key.startsWith(`${name} `) ? [[key.slice(name.length + 1), count]] : [],
      ),
    );
  }
}
