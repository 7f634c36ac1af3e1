import { columns, padColumns } from './turn-view.js';

/** Rows under their headings, as wide as they need to be; a column in which nothing stands is left out. `styled`: told of each cell's place. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: (text: string, row: number, column: number) => string = (text) => text,
): string {
  const used = headings.map((_, i) => rows.some((row) => (row[i] ?? '') !== ''));
  const widths = headings.map((heading, i) => Math.max(columns(heading), ...rows.map((row) => columns(row[i] ?? ''))));
  const line = (cells: readonly string[], row: number): string =>
    cells
      .flatMap((cell, i) => (used[i] === true ? [style(padColumns(cell, widths[i] ?? 0), row, i)] : []))
      .join('  ')
      .trimEnd();
  return `${[line(headings, -1), ...rows.map((row, i) => line(row, i))].join('\n')}\n`;
}
