import type { UiLanguage } from '../../core/index.js';
import type { Text } from '../report/index.js';
import { type BenchTarget, TARGET_IDS, type TargetId } from './service-level.js';

export function inLanguage(text: Text, language: UiLanguage): string {
  return typeof text === 'string' ? text : text[language];
}

/** What each target is about, for people who have never seen it. */
export const TARGET_WORDS: Readonly<Record<TargetId, Text>> = {
  first_sound_p50: {
    en: 'From the end of speech to the first sound, half of the turns (without the language model’s own time)',
    zh: '从话说完到听到第一声，一半的对话（不计大模型自己的时间）',
  },
  first_sound_p95: { en: 'The same, 95 of 100 turns', zh: '同上，95% 的对话' },
  underruns: { en: 'Holes in the sound of replies', zh: '回答中途断音的次数' },
  overflows: { en: 'Packets lost because a device was sent too much at once', zh: '因一次发得太多而在设备里丢掉的包' },
  failed_turns: { en: 'Turns without a complete reply', zh: '没有得到完整回答的对话' },
  rejected_turns: { en: 'Turns that were turned away as “busy”', zh: '被以“忙”拒绝的对话' },
  violations: { en: 'Breaches of the device protocol', zh: '违反设备协议的次数' },
  turn_rate: { en: 'Turns a minute, against a server without load', zh: '每分钟对话数，与空闲服务器相比' },
  fairness: {
    en: 'How alike the devices were served (Jain’s index of their medians to the first sound; 1: all alike)',
    zh: '各设备得到的服务是否均等（各设备第一声中位数的 Jain 指数，1 为完全均等）',
  },
  cpu: { en: 'CPU of the server, of the cores it may use', zh: '服务器占用的 CPU（占可用核心的比例）' },
  memory_growth: {
    en: 'Growth of the server’s memory, the last minute against the third',
    zh: '服务器内存的增长（最后一分钟与第三分钟相比）',
  },
  word_errors: { en: 'Words understood wrongly', zh: '听错的词' },
};

export const VERDICT_WORDS = {
  holds: (devices: number): Text => ({
    en: `${devices} devices can talk at the same time, and everything is within its target.`,
    zh: `${devices} 台设备可以同时对话，所有目标都达到了。`,
  }),
  missed: (devices: number, targets: readonly TargetId[]): Text => ({
    en: `With ${devices} devices talking, this was missed: ${targets.map((id) => SHORT_WORDS[id].en).join(', ')}.`,
    zh: `${devices} 台设备同时对话时，以下目标没有达到：${targets.map((id) => SHORT_WORDS[id].zh).join('、')}。`,
  }),
  invalid: ({ en, zh }: { readonly en: string; readonly zh: string }): Text => ({
    en: `Nothing can be said of the server: ${en}.`,
    zh: `对服务器不能下结论：${zh}。`,
  }),
  capacity: (devices: number, confirmed: boolean): Text => ({
    en: `This machine carries ${devices} talking ${devices === 1 ? 'device' : 'devices'} within the service level${confirmed ? '' : ' (not confirmed by a longer run)'}.`,
    zh: `在服务标准之内，这台机器可以承载 ${devices} 台同时对话的设备${confirmed ? '' : '（尚未经较长的测试确认）'}。`,
  }),
  noCapacity: { en: 'Not even one device was served within the service level.', zh: '连一台设备也达不到服务标准。' },
} as const;

/** For lists. */
export const SHORT_WORDS: Readonly<Record<TargetId, Readonly<Record<UiLanguage, string>>>> = {
  first_sound_p50: { en: 'first sound (half of the turns)', zh: '第一声（一半的对话）' },
  first_sound_p95: { en: 'first sound (95 of 100 turns)', zh: '第一声（95% 的对话）' },
  underruns: { en: 'sound without holes', zh: '不断音' },
  overflows: { en: 'no packets lost in devices', zh: '设备不丢包' },
  failed_turns: { en: 'every turn answered', zh: '每次都有回答' },
  rejected_turns: { en: 'nobody turned away', zh: '没有设备被拒绝' },
  violations: { en: 'the device protocol', zh: '设备协议' },
  turn_rate: { en: 'turns a minute', zh: '每分钟对话数' },
  fairness: { en: 'devices served alike', zh: '各设备待遇均等' },
  cpu: { en: 'CPU', zh: 'CPU' },
  memory_growth: { en: 'flat memory', zh: '内存不增长' },
  word_errors: { en: 'words understood', zh: '识别准确' },
};

export const OUTCOME_WORDS: Readonly<Record<BenchTarget['outcome'], Readonly<Record<UiLanguage, string>>>> = {
  holds: { en: 'holds', zh: '达到' },
  missed: { en: 'MISSED', zh: '未达到' },
  unknown: { en: 'cannot be said', zh: '不能下结论' },
};

const AT_MOST: Readonly<Record<UiLanguage, (bound: string) => string>> = {
  en: (bound) => `at most ${bound}`,
  zh: (bound) => `至多 ${bound}`,
};
const AT_LEAST: Readonly<Record<UiLanguage, (bound: string) => string>> = {
  en: (bound) => `at least ${bound}`,
  zh: (bound) => `至少 ${bound}`,
};

const SHARES: ReadonlySet<TargetId> = new Set(['turn_rate', 'cpu', 'memory_growth', 'word_errors']);
const LOWER_BOUNDS: ReadonlySet<TargetId> = new Set(['turn_rate', 'fairness']);
const TIMES: ReadonlySet<TargetId> = new Set(['first_sound_p50', 'first_sound_p95']);

/** A target's value with its unit; the same in both languages. */
export function valueText(id: TargetId, value: number | undefined): string {
  if (value === undefined) return '–';
  if (SHARES.has(id)) return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
  if (id === 'fairness') return value.toFixed(3);
  return TIMES.has(id) ? `${Math.round(value)} ms` : String(value);
}

export function boundText({ id, bound }: BenchTarget, language: UiLanguage): string {
  return (LOWER_BOUNDS.has(id) ? AT_LEAST : AT_MOST)[language](valueText(id, bound));
}

export function isTargetId(id: string): id is TargetId {
  return (TARGET_IDS as readonly string[]).includes(id);
}
