import type { Bilingual, UiLanguage } from '../../../core/index.js';
import type { Text } from '../../report/index.js';
import type { ComparedId, ComparedRow, Comparison } from './compare.js';

export const COMPARED_WORDS: Readonly<Record<ComparedId, Text>> = {
  first_sound_p50: { en: 'End of speech to first sound, half of the turns', zh: '说完到第一声，一半的对话' },
  first_sound_p95: { en: 'The same, 95 of 100 turns', zh: '同上，95% 的对话' },
  stt_p50: { en: 'End of speech to transcript, half of the turns', zh: '说完到识别结果，一半的对话' },
  cpu: { en: 'CPU of the server, cores', zh: '服务器 CPU（核）' },
  memory: { en: 'Memory of the server, most', zh: '服务器内存（最多时）' },
  underruns: { en: 'Holes in the sound', zh: '断音' },
  failed_turns: { en: 'Turns without a complete reply', zh: '没有完整回答的对话' },
  turns: { en: 'Turns', zh: '对话数' },
  server_over_kernels: { en: 'Server CPU over the bare kernels', zh: '服务器 CPU 与裸核之比' },
  capacity: { en: 'Devices carried', zh: '承载的设备数' },
};

const CHANGE_WORDS: Readonly<Record<NonNullable<ComparedRow['change']> | 'unknown', Bilingual>> = {
  better: { en: 'better', zh: '更好' },
  worse: { en: 'WORSE', zh: '更差' },
  same: { en: 'no measurable difference', zh: '看不出差别' },
  unsteady: { en: 'says little: the machine changed during a run', zh: '说明不了什么：测试期间机器变了' },
  unknown: { en: '', zh: '' },
};

/** A figure with its unit. */
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

/** A ratio with its interval, if it has one: `0.93 (0.88–0.97)`. */
export function ratioText({ ratio }: ComparedRow): string {
  if (!ratio) return '–';
  return 'low' in ratio
    ? `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`
    : ratio.ratio.toFixed(2);
}

export function changeText(row: ComparedRow, language: UiLanguage): string {
  return CHANGE_WORDS[row.change ?? 'unknown'][language];
}

/** The comparison for a terminal. */
export function comparisonLines({ rows, differences }: Comparison, language: UiLanguage): readonly string[] {
  const title: Text = COMPARED_TITLE;
  return [
    typeof title === 'string' ? title : title[language],
    ...rows.map((row) => {
      const words = COMPARED_WORDS[row.id];
      const name = typeof words === 'string' ? words : words[language];
      const change = `${comparedValue(row.id, row.base)} -> ${comparedValue(row.id, row.now)}  x ${ratioText(row)}`;
      return `  ${name}: ${change}  ${changeText(row, language)}`.trimEnd();
    }),
    ...(differences.length === 0 ? [] : [`  ${DIFFERENT[language]}${differences.join('; ')}`]),
  ];
}

export const COMPARED_TITLE: Text = {
  en: 'Against the earlier result (ratio, and between which values it lies with 95 % confidence):',
  zh: '与先前的结果相比（比值，以及 95% 置信区间）：',
};
const DIFFERENT: Bilingual = {
  en: 'Careful, the two were not measured alike: ',
  zh: '注意，两次测量的条件不同：',
};
