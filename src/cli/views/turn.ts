import { alignedRows, printable } from '../../core/index.js';
import { isAnswered, type DeviceTurn } from '../../measure/fleet/index.js';
import type { CliContext } from '../context.js';
import { deviceWords } from '../words/device.js';

const BAR_CHARS = 40;
const MS_COLUMNS = 5;

export function showTurn(turn: DeviceTurn, timeoutMs: number, context: CliContext): string {
  const { language, colours } = context;
  const w = deviceWords[language];
  const lines = [`${colours.bold(w.heard)}  ${printable(turn.heard ?? w.nothingHeard)}`];
  const answer = printable(turn.sentences.map((sentence) => sentence.text).join(' '));
  if (answer !== '') lines.push(`${colours.bold(w.answer)}  ${answer}`);
  const trouble = outcomeWords(turn, timeoutMs, context);
  if (trouble !== undefined) lines.push(colours.yellow(trouble));
  if (turn.alerts.length > 0) lines.push(...turn.alerts.map((alert) => colours.yellow(alert)));
  lines.push(...timeline(turn, context));
  if (turn.packets > 0) {
    const bad = turn.underruns > 0 || turn.overflows > 0;
    const sound = [
      w.underruns(turn.underruns, Math.round(turn.underrunMs)),
      w.overflows(turn.overflows),
      w.packets(turn.packets, turn.minSpacingMs === undefined ? '-' : turn.minSpacingMs.toFixed(0)),
    ].join(context.language === 'zh' ? '，' : ', ');
    // Sound without gaps is shown in green only if the turn was answered.
    lines.push(bad ? colours.red(sound) : isAnswered(turn) ? colours.green(sound) : sound);
  }
  if (turn.violations.length > 0) {
    lines.push(colours.red(w.violations));
    for (const violation of turn.violations.slice(0, 10)) lines.push(`  ${violation.kind}: ${violation.detail}`);
  }
  return `${lines.join('\n')}\n`;
}

export function outcomeWords(turn: DeviceTurn, timeoutMs: number, { language }: CliContext): string | undefined {
  const w = deviceWords[language];
  switch (turn.outcome) {
    case 'answered':
      return undefined;
    case 'cut_off':
      return w.cutOff;
    case 'busy':
    case 'apology':
    case 'not_heard':
      return w.excuses[turn.outcome];
    case 'no_answer':
      return w.noAnswer(String(Math.round(timeoutMs / 1000)));
    case 'unfinished':
      return w.unfinished;
    default:
      return w.closedByServer;
  }
}

function timeline(turn: DeviceTurn, { language, colours }: CliContext): string[] {
  const { stages, timeline: title } = deviceWords[language];
  const { sttMs, ttsStartMs, firstPacketMs, firstSoundMs, ttsStopMs, playedMs } = turn.timeline;
  const rows = (
    [
      [stages.heard, sttMs],
      [stages.start, ttsStartMs],
      [stages.packet, firstPacketMs],
      [stages.sound, firstSoundMs],
      [stages.stop, ttsStopMs],
      [stages.played, playedMs],
    ] as const
  ).flatMap(([name, ms]) => (ms === undefined ? [] : [{ name, ms: Math.round(ms) }]));
  if (rows.length === 0) return [];
  const longest = Math.max(...rows.map((row) => row.ms), 1);
  const lines = rows.map(({ name, ms }) => {
    const at = Math.max(0, Math.min(BAR_CHARS - 1, Math.round((ms / longest) * (BAR_CHARS - 1))));
    return [name, String(ms), `${'·'.repeat(at)}●`];
  });
  const dotted = alignedRows(lines, {
    style: (text, _, column) => (column === 2 ? text.replace(/·+/u, colours.dim) : text),
    least: [0, MS_COLUMNS],
    right: [1],
  });
  return [colours.dim(title), ...dotted.map((line) => `  ${line}`)];
}
