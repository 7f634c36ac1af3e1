import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  METRICS,
  type Labels,
  type MetricDefinition,
  type MetricName,
  type MetricOf,
  type Metrics,
} from '../../core/index.js';
import { EventLoopDelay } from './event-loop-delay.js';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** The metrics have their own registry, so that tests do not share one. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #histograms = new Map<MetricName, Histogram>();
  readonly #loopDelay = new EventLoopDelay();
  readonly #collectors: (() => void | Promise<void>)[] = [];

  constructor(build: { readonly version: string } = { version: 'unknown' }) {
    for (const [key, definition] of Object.entries<MetricDefinition>(METRICS))
      this.#register(key as MetricName, definition);
    this.gauge('chorus_build_info', 1, { version: build.version, node: process.version });
  }

  count(name: MetricOf<'counter'>, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  gauge(name: MetricOf<'gauge'>, value: number, labels: Labels = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  observeMs(name: MetricOf<'histogram'>, valueMs: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(labels, valueMs / 1000);
  }

  onCollect(collect: () => void | Promise<void>): void {
    this.#collectors.push(collect);
  }

  async exposition(): Promise<Exposition> {
    const { p50Ms, p99Ms, maxMs } = this.#loopDelay.read();
    for (const [quantile, ms] of [
      ['0.5', p50Ms],
      ['0.99', p99Ms],
      ['1', maxMs],
    ] as const)
      this.gauge('chorus_event_loop_delay_seconds', ms / 1000, { quantile });
    for (const collect of this.#collectors) await collect();
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  close(): void {
    this.#loopDelay.close();
  }

  #register(name: MetricName, { type, help, labels = {}, bucketsMs = [] }: MetricDefinition): void {
    const common = { name, help: help.en, labelNames: Object.keys(labels), registers: [this.#registry] };
    if (type === 'counter') this.#counters.set(name, new Counter(common));
    else if (type === 'gauge') this.#gauges.set(name, new Gauge(common));
    else this.#histograms.set(name, new Histogram({ ...common, buckets: bucketsMs.map((ms) => ms / 1000) }));
  }
}
