import { displayWidth, padToWidth, printable } from '../../core/index.js';

type Style = (text: string, row: number, column: number) => string;

/**
 * Rows with aligned cells. Each table column is as wide as its content, but at most `widest` columns of the terminal.
 */
export function alignedRows(
  rows: readonly (readonly string[])[],
  style: Style = (text) => text,
  widest = Number.POSITIVE_INFINITY,
): readonly string[] {
  // Names of devices, boards and files come from outside.
  const shown = rows.map((cells) => cells.map(printable));
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.min(widest, Math.max(...shown.map((row) => displayWidth(row[column] ?? '')))),
  );
  return shown.map((cells, row) =>
    cells
      .map((cell, column) => style(padToWidth(cell, widths[column] ?? 0), row, column))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Rows under their headings; an empty column is left out. `style` gets row -1 for the headings.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style = (text) => text,
): string {
  const used = headings.flatMap((_, column) => (rows.some((row) => (row[column] ?? '') !== '') ? [column] : []));
  const lines = [headings, ...rows].map((cells) => used.map((column) => cells[column] ?? ''));
  const styled: Style = (text, row, column) => style(text, row - 1, used[column] ?? column);
  return `${alignedRows(lines, styled).join('\n')}\n`;
}
