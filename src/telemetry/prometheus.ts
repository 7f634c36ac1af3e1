import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type Labels, type MetricName, type Metrics } from '../core/index.js';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** Prometheus metrics by the table of `core/metrics.ts`. A registry of its own, so that tests do not share one. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #histograms = new Map<MetricName, Histogram>();
  readonly #loopDelay: IntervalHistogram;

  constructor() {
    for (const [key, definition] of Object.entries(METRICS)) {
      const name = key as MetricName;
      const labelNames = 'labels' in definition ? [...definition.labels] : [];
      const common = { name, help: definition.help, labelNames, registers: [this.#registry] };
      if (definition.type === 'counter') this.#counters.set(name, new Counter(common));
      else if (definition.type === 'gauge') this.#gauges.set(name, new Gauge(common));
      else this.#histograms.set(name, new Histogram({ ...common, buckets: [...definition.buckets] }));
    }
    this.#loopDelay = monitorEventLoopDelay({ resolution: 10 });
    this.#loopDelay.enable();
  }

  count(name: MetricName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  gauge(name: MetricName, value: number, labels: Labels = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  observe(name: MetricName, value: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** The text format of Prometheus. The event loop's delay is that since the last call. */
  async exposition(): Promise<Exposition> {
    this.#measureProcess();
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  close(): void {
    this.#loopDelay.disable();
  }

  #measureProcess(): void {
    const delay = this.#loopDelay;
    this.gauge('chorus_event_loop_delay_ms', toMs(delay.percentile(50)), { quantile: '0.5' });
    this.gauge('chorus_event_loop_delay_ms', toMs(delay.percentile(99)), { quantile: '0.99' });
    this.gauge('chorus_event_loop_delay_ms', toMs(delay.max), { quantile: '1' });
    delay.reset();
    this.gauge('chorus_process_resident_bytes', process.memoryUsage.rss(), { process: 'main' });
  }
}

/** An empty histogram has no percentiles. */
function toMs(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : 0;
}
