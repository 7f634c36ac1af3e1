import type { Bilingual } from './language.js';

/** An entry of the table in `metrics.ts`. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Meaning, for docs/metrics.md; Prometheus gets the English sentence. */
  readonly help: Bilingual;
  /** Name of each label, and its possible values. Values that are identifiers are the same in both languages. */
  readonly labels?: Readonly<Record<string, string | Bilingual>>;
  /**
   * Bounds of a histogram's buckets. All histograms are durations and are reported in seconds, the base unit of
   * Prometheus.
   */
  readonly bucketsMs?: readonly number[];
}
