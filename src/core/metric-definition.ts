import type { Bilingual } from './language.js';

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The meaning, for docs/metrics.md. Prometheus gets the English sentence. */
  readonly help: Bilingual;
  /** The name of each label and its possible values. Identifiers are the same in both languages. */
  readonly labels?: Readonly<Record<string, string | Bilingual>>;
  /** Bounds of a histogram's buckets. All histograms are durations, which Prometheus gets in seconds. */
  readonly bucketsMs?: readonly number[];
}
