import type { FirmwareView } from '../../http/index.js';
import type { CliContext } from '../context.js';
import { firmwareWords } from '../words/firmware.js';
import { table } from '../terminal/table.js';

/** Below the table, lists the reason for each halted image. */
export function firmwareTable(all: readonly FirmwareView[], context: CliContext): string {
  const { columns, states } = firmwareWords[context.language];
  const rows = all.map((firmware) => {
    const { state, offered, arrived, underWay, returned, silent } = firmware.rollout;
    return [
      firmware.id,
      firmware.board,
      firmware.version,
      states[state],
      whomLine(firmware, context),
      String(offered),
      String(arrived),
      String(underWay),
      String(returned + silent),
    ];
  });
  const headings = [
    columns.id,
    columns.board,
    columns.version,
    columns.state,
    columns.whom,
    columns.notified,
    columns.has,
    columns.underWay,
    columns.lost,
  ];
  const text = table(headings, rows, (cell, row, column) => {
    const state = all[row]?.rollout.state;
    if (row < 0) return context.colours.dim(cell);
    if (column !== 3) return cell;
    return state === 'halted' ? context.colours.red(cell) : state === 'offered' ? context.colours.green(cell) : cell;
  });
  const reasons = all.flatMap(({ rollout }) =>
    rollout.reason === undefined ? [] : [`${context.colours.red(rollout.reason[context.language])}\n`],
  );
  return text + reasons.join('');
}

export function whomLine(
  { rollout: { share, devices, force } }: FirmwareView,
  { language }: Pick<CliContext, 'language'>,
): string {
  const words = firmwareWords[language];
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share);
  const parts = [
    ...(share > 0 ? [words.share(percent)] : []),
    ...(devices.length > 0 ? [`${words.named(devices.length)}${force ? ` (${words.forced})` : ''}`] : []),
  ];
  return parts.length === 0 ? words.noOne : parts.join(words.and);
}

export function noteLine(
  { kind, slotMb }: { readonly kind: string; readonly slotMb?: number },
  { language }: Pick<CliContext, 'language'>,
): string {
  const { notes } = firmwareWords[language];
  switch (kind) {
    case 'version_unproven':
      return notes.version_unproven;
    case 'chip_unknown':
      return notes.chip_unknown;
    default:
      return notes.too_large_for(slotMb ?? 0);
  }
}
