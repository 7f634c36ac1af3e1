import { alignedRows, printable, type Bilingual, type UiLanguage } from '../../core/index.js';
import type { ImportReport } from '../../moving-over/index.js';
import { movingOverWords } from '../words/moving-over.js';

export function importReportText(report: ImportReport, language: UiLanguage): string {
  const words = movingOverWords[language];
  const { titles } = words;
  const blocks = [
    block(
      titles.files,
      report.files.map((file) => `  ${file}`),
    ),
    block(
      titles.problems,
      report.problems.map(
        ({ file, line, why }) => `  ${file}${line === undefined ? '' : ` (${words.line(line)})`}: ${why[language]}`,
      ),
    ),
    block(titles.taken, table(report.taken.map(({ from, to, value }) => [from, `-> ${to}`, value]))),
    block(
      titles.left,
      pairs(
        report.left.map(({ from, why }) => [from, why]),
        language,
      ),
    ),
    block(
      titles.notSelected,
      Object.entries(report.notSelected).map(([module, names]) => `  ${module}: ${names.join(', ')}`),
    ),
    block(titles.devices, devicesText(report, language)),
    block(
      titles.todo,
      pairs(
        report.todo.map(({ from, what }) => [from, what]),
        language,
      ),
    ),
  ];
  const untouched = report.untouched > 0 ? `\n${words.untouched(report.untouched)}\n` : '';
  return blocks.filter((text) => text !== '').join('\n') + untouched;
}

export function importReportMarkdown(report: ImportReport, language: UiLanguage): string {
  const { titles, untouched, line, columns } = movingOverWords[language];
  return [
    `# chorus config import\n\n`,
    section(
      titles.files,
      [columns.what],
      report.files.map((file) => [file]),
    ),
    section(
      titles.problems,
      [columns.what, columns.why],
      report.problems.map(({ file, line: at, why }) => [
        at === undefined ? file : `${file} (${line(at)})`,
        why[language],
      ]),
    ),
    section(
      titles.taken,
      [columns.from, columns.to, columns.value],
      report.taken.map(({ from, to, value }) => [from, to, value]),
    ),
    section(
      titles.left,
      [columns.from, columns.why],
      report.left.map(({ from, why }) => [from, why[language]]),
    ),
    section(
      titles.notSelected,
      [columns.from, columns.what],
      Object.entries(report.notSelected).map(([module, names]) => [module, names.join(', ')]),
    ),
    section(
      titles.devices,
      [columns.device, columns.board, columns.version, columns.name, columns.user, columns.agent],
      report.devices.map(deviceRow),
    ),
    section(
      titles.todo,
      [columns.from, columns.what],
      report.todo.map(({ from, what }) => [from, what[language]]),
    ),
    report.untouched > 0 ? `${untouched(report.untouched)}\n` : '',
  ].join('');
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return (
    `## ${title}\n\n| ${head.join(' | ')} ` +
    `|\n|${head.map(() => '---|').join('')}\n${rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}\n\n`
  );
}

const FIRST_COLUMNS = 48;
/** Most devices that are printed. A report file lists all of them. */
const SHOWN_DEVICES = 30;

function devicesText({ devices }: ImportReport, language: UiLanguage): string[] {
  const lines = devices.slice(0, SHOWN_DEVICES).map(
    (device) =>
      `  ${deviceRow(device)
        .filter((text) => text !== '')
        .join('  ')}`,
  );
  return devices.length > SHOWN_DEVICES
    ? [...lines, `  ${movingOverWords[language].more(devices.length - SHOWN_DEVICES)}`]
    : lines;
}

function deviceRow({
  deviceId,
  board = '',
  firmwareVersion = '',
  name = '',
  user = '',
  agentId = '',
}: ImportReport['devices'][number]): readonly string[] {
  return [deviceId, board, firmwareVersion, name, user, agentId];
}

function block(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map(linePrintable).join('\n')}\n`;
}

/** Makes text from another server's files safe to print. Keeps line breaks. */
const linePrintable = (line: string): string => line.split('\n').map(printable).join('\n');

function table(rows: readonly (readonly [string, string, string])[]): string[] {
  return alignedRows(rows, { widest: FIRST_COLUMNS }).map((row) => `  ${row}`);
}

function pairs(rows: readonly (readonly [string, Bilingual])[], language: UiLanguage): string[] {
  return rows.map(([from, what]) => `  ${from}\n      ${what[language]}`);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
