import { alignedRows, padToWidth, type CellStyle } from '../../core/index.js';
import type { CliContext } from '../context.js';

/** Leaves out empty columns. `style` is called with row -1 for the headings. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: CellStyle = (text) => text,
): string {
  const used = headings.flatMap((_, column) => (rows.some((row) => (row[column] ?? '') !== '') ? [column] : []));
  const lines = [headings, ...rows].map((cells) => used.map((column) => cells[column] ?? ''));
  const styled: CellStyle = (text, row, column) => style(text, row - 1, used[column] ?? column);
  return `${alignedRows(lines, { style: styled }).join('\n')}\n`;
}

/** Pads the label to `columns` on the terminal. The value may be coloured. */
export function labelRow(
  label: string,
  value: string,
  columns: number,
  { colours }: Pick<CliContext, 'colours'>,
): string {
  return `  ${colours.dim(padToWidth(label, columns))} ${value}\n`;
}
