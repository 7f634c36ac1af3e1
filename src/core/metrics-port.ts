import type { MetricDefinition } from './metric-definition.js';
import type { METRICS } from './metrics.js';

export type MetricName = keyof typeof METRICS;
export type MetricOf<T extends MetricDefinition['type']> = {
  [K in MetricName]: (typeof METRICS)[K]['type'] extends T ? K : never;
}[MetricName];
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: MetricOf<'counter'>, labels?: Labels, by?: number): void;
  gauge(name: MetricOf<'gauge'>, value: number, labels?: Labels): void;
  observeMs(name: MetricOf<'histogram'>, valueMs: number, labels?: Labels): void;
}

export const noMetrics: Metrics = { count: () => undefined, gauge: () => undefined, observeMs: () => undefined };
