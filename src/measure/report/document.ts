import type { Text } from '../../core/index.js';

export type { Text };

/**
 * A report before it becomes a page: measurement, verdict and charts. Bench and monitor fill it, and it knows neither.
 * All of it is data, without markup.
 */
export interface ReportDocument {
  readonly title: Text;
  /** The measurement in a sentence: «2 simulated devices talked for 60 s to the server on port 8000.» */
  readonly about: Text;
  readonly generatedAtWallMs: number;
  /** `xiaozhi-chorus 0.1.0`. */
  readonly producer: string;
  /** Command line that measures the same again. */
  readonly command?: string;
  readonly verdict: Verdict;
  readonly targets: readonly Target[];
  readonly advice: readonly Advice[];
  /** Conditions that belong to a quoted figure: CPU, cores, memory, Node, limits of the container. */
  readonly machine: readonly Fact[];
  readonly sections: readonly Section[];
}

/** `invalid`: nothing can be said, for example because the load generator itself was the bottleneck. */
export type VerdictOutcome = 'holds' | 'missed' | 'invalid';

export interface Verdict {
  readonly outcome: VerdictOutcome;
  /** The result in one sentence for somebody who has never seen such a page. */
  readonly sentence: Text;
  /** Consequences of the result, in one to three sentences. */
  readonly meaning?: Text;
}

export interface Target {
  readonly what: Text;
  /** With its unit: `0.82 s`. */
  readonly measured: Text;
  /** `at most 1.1 s`. */
  readonly bound: Text;
  /** `unknown`: it was not, or could not be, measured; `note` says why. */
  readonly outcome: 'holds' | 'missed' | 'unknown';
  readonly note?: Text;
}

export interface Advice {
  /** The finding. */
  readonly found: Text;
  /** Remedies, the most useful first. */
  readonly remedies: readonly Text[];
}

export interface Fact {
  readonly name: Text;
  readonly value: Text;
}

export interface Section {
  readonly title: Text;
  readonly blocks: readonly Block[];
  /** True for details, which only some readers need. */
  readonly folded?: boolean;
}

export type Block = Paragraph | Table | Timeline | Distribution | Bars;

export interface Paragraph {
  readonly type: 'paragraph';
  readonly text: Text;
}

export interface Table {
  readonly type: 'table';
  readonly caption?: Text;
  readonly columns: readonly { readonly title: Text; readonly align?: 'start' | 'end' }[];
  readonly rows: readonly (readonly Text[])[];
}

interface Chart {
  readonly title: Text;
  /** One sentence: the content of the chart, and the look of a good or bad result. */
  readonly explanation: Text;
}

/** A line that must not be crossed. */
export interface Bound {
  readonly name: Text;
  readonly value: number;
}

/** Values over time. Each unit has a panel; the panels are one above the other, with the same time axis. */
export interface Timeline extends Chart {
  readonly type: 'timeline';
  /** Seconds since the beginning, ascending. */
  readonly atS: readonly number[];
  readonly panels: readonly TimelinePanel[];
  /** Moments worth a vertical line: a restart, the end of the warm-up. */
  readonly marks?: readonly { readonly atS: number; readonly text: Text }[];
}

export interface TimelinePanel {
  readonly unit: Text;
  /** `step`: the value stays until the next (queue depth, connections). */
  readonly shape?: 'line' | 'step';
  readonly bounds?: readonly Bound[];
  /** The axis reaches at least this far, e.g. 100 for per cent. */
  readonly atLeast?: number;
  readonly series: readonly {
    readonly name: Text;
    /** Beside `atS`; null: not measured then. */ readonly values: readonly (number | null)[];
  }[];
}

/** Distribution of values, such as the latency of each stage: the share of turns that were at least as fast. */
export interface Distribution extends Chart {
  readonly type: 'distribution';
  /** `share`: rising curves, good for comparing several. `histogram`: bars, for one distribution. */
  readonly shape: 'share' | 'histogram';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly series: readonly {
    readonly name: Text;
    /** Raw, in any order; the page keeps at most some hundred points of them. */ readonly values: readonly number[];
  }[];
}

/** Horizontal bars that are made of parts: the stages of a turn, the memory of processes. */
export interface Bars extends Chart {
  readonly type: 'bars';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly parts: readonly Text[];
  /** `values` beside `parts`. */
  readonly rows: readonly { readonly name: Text; readonly values: readonly number[] }[];
}
