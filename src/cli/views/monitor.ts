import { inLanguage } from '../../measure/report/index.js';
import { alignedRows, type Text } from '../../core/index.js';
import type { MonitorFindings, MonitorProgress } from '../../measure/monitor/index.js';
import type { CliContext } from '../context.js';
import { monitorWords, type MonitorWords } from '../words/monitor.js';
import { progressLine } from '../terminal/progress-line.js';

/** On a terminal, a line changes in place. Elsewhere, a line is printed for each tenth of the duration. */
export function liveLines(
  { duration }: { readonly duration: number },
  context: CliContext,
): { update(progress: MonitorProgress): void; end(): void } {
  const line = progressLine(context);
  const words = monitorWords[context.language];
  let toldTenth = -1;
  return {
    update(progress) {
      // At most 1, because loading the speech and finishing the last turns take longer than the given duration.
      const fraction = Math.min(1, progress.elapsedMs / 1000 / duration);
      const tenth = Math.floor(fraction * 10);
      if (!process.stderr.isTTY && tenth === toldTenth) return;
      toldTenth = tenth;
      line.update(liveLine(progress, duration, words), fraction);
    },
    end: () => line.end(),
  };
}

function liveLine(
  { elapsedMs, machine, server, fleet }: MonitorProgress,
  ofSeconds: number,
  { live }: MonitorWords,
): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const parts = [seconds <= ofSeconds ? live.time(seconds, ofSeconds) : live.finishing(seconds)];
  if (machine?.cpuShare !== undefined) parts.push(live.cpu(percent(machine.cpuShare)));
  if (machine) parts.push(live.memory(percent(1 - machine.memory.availableBytes / machine.memory.totalBytes)));
  if (server)
    parts.push(server.responseMs === undefined ? live.silent : live.answer(`${server.responseMs.toFixed(0)} ms`));
  if (server?.metrics?.talking !== undefined) parts.push(live.devices(server.metrics.talking));
  if (fleet) {
    parts.push(live.turns(fleet.turns));
    if (fleet.firstSoundMs.kind !== 'none') parts.push(live.worst(`${(fleet.firstSoundMs.max / 1000).toFixed(2)} s`));
    if (fleet.underruns > 0) parts.push(live.underruns(fleet.underruns));
    if (fleet.failed > 0) parts.push(live.failed(fleet.failed));
  }
  return parts.join(live.separator);
}

export function summaryLines({ verdict, targets, advice }: MonitorFindings, { language, colours }: CliContext): string {
  const words = monitorWords[language];
  const say = (text: Text): string => inLanguage(text, language);
  const paint = { holds: colours.green, missed: colours.red, invalid: colours.yellow, unknown: colours.dim };
  const rows = targets.map(({ what, measured, bound, outcome }) => [
    say(what),
    say(measured),
    `${paint[outcome](words.outcomes[outcome])}  ${colours.dim(words.target(say(bound)))}`,
  ]);
  const lines = [
    '',
    colours.bold(paint[verdict.outcome](say(verdict.sentence))),
    ...(verdict.meaning === undefined ? [] : [say(verdict.meaning)]),
    '',
    ...alignedRows(rows).map((row) => `  ${row}`),
  ];
  if (advice.length > 0) lines.push('', colours.bold(words.toDo));
  for (const { found, remedies } of advice)
    lines.push(`  ${say(found)}`, ...remedies.map((remedy) => `    - ${say(remedy)}`));
  return `${lines.join('\n')}\n\n`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
