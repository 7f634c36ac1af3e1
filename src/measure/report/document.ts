import type { Text } from '../../core/index.js';

export type { Text };

export interface ReportDocument {
  readonly title: Text;
  /** Describes the measurement, e.g. «2 simulated devices talked for 60 s to the server on port 8000.» */
  readonly about: Text;
  readonly generatedAtWallMs: number;
  /** Program and version, e.g. `xiaozhi-chorus 0.1.0`. */
  readonly producer: string;
  /** Command line that repeats the measurement. */
  readonly command?: string;
  readonly verdict: Verdict;
  readonly targets: readonly Target[];
  readonly advice: readonly Advice[];
  /** Conditions of the measurement, e.g. CPU, memory, Node and limits of the container. */
  readonly machine: readonly Fact[];
  readonly sections: readonly Section[];
}

/** `invalid` means that the result proves nothing, for example because the load generator was the bottleneck. */
export type VerdictOutcome = 'holds' | 'missed' | 'invalid';

export interface Verdict {
  readonly outcome: VerdictOutcome;
  /** The result in one sentence, for readers who have never seen a report. */
  readonly sentence: Text;
  /** What follows from the result, in one to three sentences. */
  readonly meaning?: Text;
}

export interface Target {
  readonly what: Text;
  /** Measured value with its unit, e.g. `0.82 s`. */
  readonly measured: Text;
  /** Limit in words, e.g. `at most 1.1 s`. */
  readonly bound: Text;
  /** `unknown` means that the target could not be judged. `note` may give the reason. */
  readonly outcome: 'holds' | 'missed' | 'unknown';
  readonly note?: Text;
}

export interface Advice {
  readonly found: Text;
  /** The most useful remedy comes first. */
  readonly remedies: readonly Text[];
}

export interface Fact {
  readonly name: Text;
  readonly value: Text;
}

export interface Section {
  readonly title: Text;
  readonly blocks: readonly Block[];
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
  /** Says in one sentence what the chart shows, and how a good or bad result looks. */
  readonly explanation: Text;
}

export interface Bound {
  readonly name: Text;
  readonly value: number;
}

/** Each unit has its own panel. The panels share the time axis. */
export interface Timeline extends Chart {
  readonly type: 'timeline';
  /** Seconds since the beginning, ascending. */
  readonly atS: readonly number[];
  readonly panels: readonly TimelinePanel[];
  /** Vertical lines at events, e.g. a restart or the end of the warm-up. */
  readonly marks?: readonly { readonly atS: number; readonly text: Text }[];
}

export interface TimelinePanel {
  readonly unit: Text;
  /** With `step`, a value is valid until the next value, as for queue depth. */
  readonly shape?: 'line' | 'step';
  readonly bounds?: readonly Bound[];
  /** Smallest value at which the axis may end, e.g. 100 for per cent. */
  readonly atLeast?: number;
  readonly series: readonly {
    readonly name: Text;
    /** One value for each of `atS`. Null if nothing was measured. */ readonly values: readonly (number | null)[];
  }[];
}

export interface Distribution extends Chart {
  readonly type: 'distribution';
  /** `share` draws rising curves, to compare several series. `histogram` draws bars for one series. */
  readonly shape: 'share' | 'histogram';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly series: readonly {
    readonly name: Text;
    /** All values, in any order. The page keeps at most a few hundred points. */ readonly values: readonly number[];
  }[];
}

export interface Bars extends Chart {
  readonly type: 'bars';
  readonly unit: Text;
  readonly bounds?: readonly Bound[];
  readonly parts: readonly Text[];
  /** `values` has one value for each of `parts`. */
  readonly rows: readonly { readonly name: Text; readonly values: readonly number[] }[];
}
