import type { UiLanguage, Bilingual } from '../../core/index.js';
import type { Summary } from '../statistics.js';
import type { Live } from './run.js';
import { liveWords } from './words/live.js';

/** The state as a line of a log. */
export function liveLine(live: Live, language: UiLanguage): string {
  if (live.stage === 'model') return `${liveWords.stages.model[language]}: ${Math.round(live.fraction * 100)} %`;
  if (live.stage !== 'running') return liveWords.stages[live.stage][language];
  const { progress, observation } = live;
  return liveWords.line({
    elapsed: seconds(progress.elapsedMs),
    until: seconds(progress.untilMs),
    talking: progress.second.talking,
    playing: progress.second.playing,
    turns: progress.turns,
    failed: progress.failed,
    underruns: progress.underruns,
    firstSound: soundText(progress.firstSoundMs),
    cores: observation?.serverCores?.toFixed(2) ?? '–',
    queue: observation?.queueDepth ?? '–',
  })[language];
}

/** The state as a table, for a terminal that can redraw it. */
export function liveTable(live: Live, language: UiLanguage): string {
  if (live.stage !== 'running') return liveLine(live, language);
  const { progress, observation } = live;
  const { second } = progress;
  const bytes = observation?.serverBytes;
  const rows: readonly (readonly [Bilingual, string])[] = [
    [
      liveWords.rows.time,
      `${seconds(progress.elapsedMs)} / ${seconds(progress.untilMs)} s  ` +
        bar(progress.elapsedMs / Math.max(1, progress.untilMs)),
    ],
    [liveWords.rows.devices, `${second.connected} / ${second.talking} / ${second.playing}`],
    [liveWords.rows.turns, `${progress.turns} / ${progress.failed}`],
    [liveWords.rows.underruns, String(progress.underruns)],
    [liveWords.rows.firstSound, soundText(progress.firstSoundMs)],
    [liveWords.rows.lead, `${second.leadMinMs ?? '–'} / ${second.leadMedianMs ?? '–'} ms`],
    [
      liveWords.rows.server,
      `${observation?.serverCores?.toFixed(2) ?? '–'} / ` +
        (bytes === undefined ? '–' : `${(bytes / 2 ** 20).toFixed(0)} MB`),
    ],
    [liveWords.rows.jobs, `${observation?.queueDepth ?? '–'} / ${observation?.slotsBusy ?? '–'}`],
  ];
  return rows.map(([name, value]) => `  ${name[language]}: ${value}`).join('\n');
}

function soundText(summary: Summary): string {
  if (summary.kind === 'none') return '–';
  return summary.kind === 'few'
    ? `~${Math.round(summary.median)} ms`
    : `p50 ${Math.round(summary.median)} ms, p95 ${Math.round(summary.p95)} ms`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, fraction) * 20);
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)}`;
}
