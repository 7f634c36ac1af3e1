import type { Bilingual } from './language.js';

/** An entry of the table in `metrics.ts`. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it is, for docs/metrics.md; Prometheus is given the English sentence. */
  readonly help: Bilingual;
  /** Name of each label, and the words it can be (the same in both languages where they are identifiers). */
  readonly labels?: Readonly<Record<string, string | Bilingual>>;
  /** All histograms are durations; reported in seconds, as Prometheus wants it. */
  readonly bucketsMs?: readonly number[];
}
