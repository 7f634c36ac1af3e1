import { displayWidth, padToWidth, printable } from './printable.js';

/** `text` is already padded to the width of its column. */
export type CellStyle = (text: string, row: number, column: number) => string;

/** Widths are in columns of the terminal. */
export interface RowLayout {
  readonly style?: CellStyle;
  /** Maximum width of a column. A longer cell is not cut. */
  readonly widest?: number;
  /** Minimum widths of the first columns. */
  readonly least?: readonly number[];
  /** Right-aligned columns, usually numbers. */
  readonly right?: readonly number[];
}

/** Each column is as wide as its content, within the bounds of the layout. */
export function alignedRows(
  rows: readonly (readonly string[])[],
  { style = (text) => text, widest = Number.POSITIVE_INFINITY, least = [], right = [] }: RowLayout = {},
): readonly string[] {
  // Names of devices, boards and files come from outside, and a terminal would obey their control characters.
  const shown = rows.map((cells) => cells.map(printable));
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.min(widest, Math.max(least[column] ?? 0, ...shown.map((row) => displayWidth(row[column] ?? '')))),
  );
  const filled = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.includes(column)
      ? ' '.repeat(Math.max(0, width - displayWidth(cell))) + cell
      : padToWidth(cell, width);
  };
  return shown.map((cells, row) =>
    cells
      .map((cell, column) => style(filled(cell, column), row, column))
      .join('  ')
      .trimEnd(),
  );
}
