import type { UiLanguage } from '../../../core/index.js';
import type { ComparedId, ComparedRow, Comparison } from './compare.js';
import { compareWords } from '../words/compare.js';

export function comparedValue(id: ComparedId, value: number | undefined): string {
  if (value === undefined) return '–';
  switch (id) {
    case 'first_sound_p50':
    case 'first_sound_p95':
    case 'stt_p50':
      return `${Math.round(value)} ms`;
    case 'memory':
      return `${(value / 2 ** 20).toFixed(0)} MB`;
    case 'cpu':
    case 'server_over_kernels':
      return value.toFixed(2);
    default:
      return String(value);
  }
}

/** E.g. `0.93 (0.88–0.97)`. The interval is left out if there is none. */
export function ratioText({ ratio }: ComparedRow): string {
  if (!ratio) return '–';
  return 'low' in ratio
    ? `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`
    : ratio.ratio.toFixed(2);
}

export function changeText(row: ComparedRow, language: UiLanguage): string {
  return row.change === undefined ? '' : compareWords.changes[row.change][language];
}

export function comparisonLines({ rows, differences }: Comparison, language: UiLanguage): readonly string[] {
  return [
    compareWords.title[language],
    ...rows.map((row) => {
      const name = compareWords.figures[row.id][language];
      const change = `${comparedValue(row.id, row.base)} -> ${comparedValue(row.id, row.now)}  x ${ratioText(row)}`;
      return `  ${name}: ${change}  ${changeText(row, language)}`.trimEnd();
    }),
    ...(differences.length === 0 ? [] : [`  ${compareWords.different[language]}${differences.join('; ')}`]),
  ];
}
