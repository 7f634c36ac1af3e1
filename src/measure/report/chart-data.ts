import type { Bound, Distribution, Text, Timeline } from './document.js';
import { histogramOf, sharesOf } from './distribution.js';
import { thin } from './thin.js';
import { reportWords } from './words.js';

export interface PanelData {
  readonly kind: 'line' | 'step' | 'share' | 'histogram';
  /** `elapsed` is seconds, shown as a time. `value` is a quantity in `xUnit`. */
  readonly x: 'elapsed' | 'value';
  readonly xUnit: Text;
  readonly yUnit: Text;
  readonly xs: readonly number[];
  readonly series: readonly { readonly name: Text; readonly ys: readonly (number | null)[] }[];
  /** Horizontal lines in a timeline, vertical lines in a distribution. */
  readonly bounds: readonly Bound[];
  readonly marks: readonly { readonly at: number; readonly text: Text }[];
  readonly atLeast: number | null;
}

/** Number of points of a line that a screen can show. More points only make the file larger. */
const MAX_POINTS = 1200;

export function timelinePanels(chart: Timeline): readonly PanelData[] {
  return chart.panels.flatMap((panel) => {
    const filled = panel.series.filter((series) => series.values.some(isNumber));
    if (filled.length === 0) return [];
    const { atS, columns } = thin(
      chart.atS,
      filled.map((series) => series.values),
      MAX_POINTS,
    );
    return [
      {
        kind: panel.shape ?? 'line',
        x: 'elapsed',
        xUnit: reportWords.time,
        yUnit: panel.unit,
        xs: atS.map(compact),
        series: filled.map((series, index) => ({
          name: series.name,
          ys: (columns[index] ?? []).map((value) => (isNumber(value) ? compact(value) : null)),
        })),
        bounds: panel.bounds ?? [],
        marks: (chart.marks ?? []).map(({ atS: at, text }) => ({ at, text })),
        atLeast: panel.atLeast ?? null,
      },
    ];
  });
}

export function distributionPanels(chart: Distribution): readonly PanelData[] {
  const filled = chart.series
    .map(({ name, values }) => ({ name, values: values.filter(isNumber) }))
    .filter(({ values }) => values.length > 0);
  if (filled.length === 0) return [];
  const common = { x: 'value', xUnit: chart.unit, bounds: chart.bounds ?? [], marks: [] } as const;
  if (chart.shape === 'share') {
    const { xs, columns } = sharesOf(filled.map(({ values }) => values));
    return [
      {
        ...common,
        kind: 'share',
        yUnit: '%',
        xs: xs.map(compact),
        series: filled.map(({ name }, index) => ({ name, ys: (columns[index] ?? []).map(compact) })),
        atLeast: 100,
      },
    ];
  }
  const { xs, columns } = histogramOf(filled.map(({ values }) => values));
  return [
    {
      ...common,
      kind: 'histogram',
      yUnit: reportWords.count,
      xs: xs.map(compact),
      series: filled.map(({ name }, index) => ({ name, ys: columns[index] ?? [] })),
      atLeast: null,
    },
  ];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function compact(value: number): number {
  return Number(value.toPrecision(5));
}
