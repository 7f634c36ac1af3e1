import type { Text } from '../../core/index.js';

export type { Text };

/**
 * A report before it becomes a page: measurement, verdict and charts, as data without markup. Bench and monitor fill
 * it. This module depends on neither of them.
 */
export interface ReportDocument {
  readonly title: Text;
  /** Describes the measurement in a sentence, e.g. «2 simulated devices talked for 60 s to the server on port 8000.» */
  readonly about: Text;
  readonly generatedAtWallMs: number;
  /** Program and version: `xiaozhi-chorus 0.1.0`. */
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

/** `invalid`: the result proves nothing, for example because the load generator itself was the bottleneck. */
export type VerdictOutcome = 'holds' | 'missed' | 'invalid';

export interface Verdict {
  readonly outcome: VerdictOutcome;
  /** The result in one sentence, for readers who have never seen such a page. */
  readonly sentence: Text;
  /** Consequences of the result, in one to three sentences. */
  readonly meaning?: Text;
}

export interface Target {
  readonly what: Text;
  /** Measured value with its unit: `0.82 s`. */
  readonly measured: Text;
  /** Limit in words: `at most 1.1 s`. */
  readonly bound: Text;
  /** `unknown`: it was not measured, or could not be. `note` gives the reason. */
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
  /** True: the section is collapsed, because only some readers need it. */
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
  /** One sentence about the content of the chart, and how a good or a bad result looks. */
  readonly explanation: Text;
}

/** A limit drawn as a line. */
export interface Bound {
  readonly name: Text;
  readonly value: number;
}

/** Values over time. Each unit has its own panel. The panels are stacked and share the time axis. */
export interface Timeline extends Chart {
  readonly type: 'timeline';
  /** Seconds since the beginning, ascending. */
  readonly atS: readonly number[];
  readonly panels: readonly TimelinePanel[];
  /** Moments marked with a vertical line: a restart, the end of the warm-up. */
  readonly marks?: readonly { readonly atS: number; readonly text: Text }[];
}

export interface TimelinePanel {
  readonly unit: Text;
  /** `step`: a value is valid until the next one (queue depth, connections). */
  readonly shape?: 'line' | 'step';
  readonly bounds?: readonly Bound[];
  /** The axis ends at this value or above, e.g. 100 for per cent. */
  readonly atLeast?: number;
  readonly series: readonly {
    readonly name: Text;
    /** One value for each of `atS`; null: not measured then. */ readonly values: readonly (number | null)[];
  }[];
}

/**
 * Distribution of values, such as the latency of each stage. It shows the share of turns that were at least as fast.
 */
export interface Distribution extends Chart {
  readonly type: 'distribution';
  /** `share`: rising curves, to compare several distributions. `histogram`: bars, for one distribution. */
  readonly shape: 'share' | 'histogram';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly series: readonly {
    readonly name: Text;
    /** All values, in any order. The page keeps at most a few hundred points. */ readonly values: readonly number[];
  }[];
}

/** Horizontal bars made of parts: the stages of a turn, the memory of processes. */
export interface Bars extends Chart {
  readonly type: 'bars';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly parts: readonly Text[];
  /** `values` has one value for each of `parts`. */
  readonly rows: readonly { readonly name: Text; readonly values: readonly number[] }[];
}
