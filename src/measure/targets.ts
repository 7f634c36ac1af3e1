import type { Bilingual } from '../core/index.js';
import { SMOOTH_WITHIN_MS } from '../records/index.js';
import type { Target, Text } from './report/index.js';
import { inMs, inPercent, inSeconds } from './quantities.js';
import { quantityWords } from './words/quantities.js';

export type Outcome = Target['outcome'];

interface TargetDefinition {
  /** Description for people who have never seen the target. */
  readonly what: Bilingual;
  readonly short?: Bilingual;
  readonly limit: number;
  readonly side: 'at_most' | 'below' | 'at_least';
  /** Unit in which values are written. For both `ms` and `s`, values are in milliseconds. */
  readonly unit: 'ms' | 's' | 'share' | 'index' | 'count';
  readonly limitWords?: Bilingual;
}

const NEVER: Bilingual = { en: 'never', zh: '没有' };
const ALL: Bilingual = { en: 'all', zh: '全部' };
const none = { limit: 0, side: 'at_most', unit: 'count' } as const;

export const TARGETS = {
  available: {
    ...none,
    what: { en: 'The server answers', zh: '服务器有响应' },
    limitWords: { en: 'always', zh: '每一次' },
  },
  connected: {
    ...none,
    what: { en: 'Every simulated device is connected', zh: '每台模拟设备都能连上' },
    limitWords: ALL,
  },
  /** Time from the end of speech to the first sound while several devices talk, without the language model's time. */
  first_sound: {
    what: { en: 'From the last word to the first sound of the answer', zh: '从说完到听见回答的第一声' },
    limit: SMOOTH_WITHIN_MS,
    side: 'at_most',
    unit: 's',
  },
  first_sound_p50: {
    what: {
      en: 'From the end of speech to the first sound, half of the turns (without the language model’s own time)',
      zh: '从话说完到听到第一声，一半的对话（不计大模型自己的时间）',
    },
    short: { en: 'first sound (half of the turns)', zh: '第一声（一半的对话）' },
    limit: 1000,
    side: 'at_most',
    unit: 'ms',
  },
  first_sound_p95: {
    what: { en: 'The same, 95 of 100 turns', zh: '同上，95% 的对话' },
    short: { en: 'first sound (95 of 100 turns)', zh: '第一声（95% 的对话）' },
    limit: SMOOTH_WITHIN_MS,
    side: 'at_most',
    unit: 'ms',
  },
  underruns: {
    ...none,
    what: { en: 'Holes in the sound of an answer', zh: '回答中途声音断开' },
    short: { en: 'sound without holes', zh: '不断音' },
    limitWords: NEVER,
  },
  overflows: {
    ...none,
    what: { en: 'Packets lost because a device was sent too much at once', zh: '因一次发得太多而在设备里丢掉的包' },
    short: { en: 'no packets lost in devices', zh: '设备不丢包' },
  },
  answered: {
    ...none,
    what: { en: 'Every question is answered, to the end', zh: '每一句都得到完整的回答' },
    limitWords: ALL,
  },
  failed_turns: {
    ...none,
    what: { en: 'Turns without a complete reply', zh: '没有得到完整回答的对话' },
    short: { en: 'every turn answered', zh: '每次都有回答' },
  },
  response: {
    what: { en: 'The longest that anybody waited for an answer', zh: '等待回答的最长时间' },
    limit: 20_000,
    side: 'below',
    unit: 's',
  },
  rejected_turns: {
    ...none,
    what: { en: 'Turns that were turned away as “busy”', zh: '被以“忙”拒绝的对话' },
    short: { en: 'nobody turned away', zh: '没有设备被拒绝' },
  },
  violations: {
    ...none,
    what: { en: 'Breaches of the device protocol', zh: '违反设备协议的次数' },
    short: { en: 'the device protocol', zh: '设备协议' },
  },
  /** Turns a minute, divided by the number that a server without load would reach. */
  turn_rate: {
    what: { en: 'Turns a minute, against a server without load', zh: '每分钟对话数，与空闲服务器相比' },
    short: { en: 'turns a minute', zh: '每分钟对话数' },
    limit: 0.9,
    side: 'at_least',
    unit: 'share',
  },
  fairness: {
    what: {
      en: 'How alike the devices were served (Jain’s index of their medians to the first sound; 1: all alike)',
      zh: '各设备得到的服务是否均等（各设备第一声中位数的 Jain 指数，1 为完全均等）',
    },
    short: { en: 'devices served alike', zh: '各设备待遇均等' },
    limit: 0.95,
    side: 'at_least',
    unit: 'index',
  },
  /** The limit is the default of `load.target`. */
  cpu: {
    what: { en: 'CPU of the server, of the cores it may use', zh: '服务器占用的 CPU（占可用核心的比例）' },
    short: { en: 'CPU', zh: 'CPU' },
    limit: 0.7,
    side: 'at_most',
    unit: 'share',
  },
  machine_cpu: {
    what: { en: 'CPU of the machine, on average', zh: '机器的 CPU，平均' },
    limit: 0.7,
    side: 'below',
    unit: 'share',
  },
  machine_memory: {
    what: { en: 'Memory of the machine, at most', zh: '机器的内存，最多' },
    limit: 0.7,
    side: 'below',
    unit: 'share',
  },
  container_cpu: {
    what: { en: 'CPU of the container, of its limit, on average', zh: '容器的 CPU，占其上限，平均' },
    limit: 0.7,
    side: 'below',
    unit: 'share',
  },
  container_memory: {
    what: { en: 'Memory of the container, of its limit', zh: '容器的内存，占其上限' },
    limit: 0.7,
    side: 'below',
    unit: 'share',
  },
  /** Above this share, a few more devices would exceed the limit, and refused devices stay silent. */
  connections_used: {
    what: {
      en: 'Device connections, of those that the server accepts',
      zh: '设备连接数，占服务器可接受的数量',
    },
    limit: 0.8,
    side: 'below',
    unit: 'share',
  },
  event_loop: {
    what: {
      en: 'Delay inside the server (event loop, 99th percentile)',
      zh: '服务器内部的延迟（事件循环，99 百分位）',
    },
    limit: 20,
    side: 'below',
    unit: 'ms',
  },
  /** Growth of memory from the third minute to the last, as a share. Judged only in runs of four minutes or more. */
  memory_growth: {
    what: {
      en: 'Growth of the server’s memory, the last minute against the third',
      zh: '服务器内存的增长（最后一分钟与第三分钟相比）',
    },
    short: { en: 'flat memory', zh: '内存不增长' },
    limit: 0.02,
    side: 'at_most',
    unit: 'share',
  },
  /** Judged only if a limit is given, because the cost model's transcripts are meaningless. */
  word_errors: {
    what: { en: 'Words understood wrongly', zh: '听错的词' },
    short: { en: 'words understood', zh: '识别准确' },
    limit: 1,
    side: 'at_most',
    unit: 'share',
  },
} as const satisfies Record<string, TargetDefinition>;

export type TargetId = keyof typeof TARGETS;

/** Limit of {@link TARGETS.first_sound} for a device that has the machine to itself. */
export const FIRST_SOUND_ALONE_MS = 1100;

export function outcomeOf(id: TargetId, measured: number | undefined, limit: number = TARGETS[id].limit): Outcome {
  if (measured === undefined) return 'unknown';
  const { side } = TARGETS[id];
  const holds = side === 'at_most' ? measured <= limit : side === 'below' ? measured < limit : measured >= limit;
  return holds ? 'holds' : 'missed';
}

export function valueText(id: TargetId, value: number | undefined): Bilingual {
  if (value === undefined) return { en: '–', zh: '–' };
  switch (TARGETS[id].unit) {
    case 'ms':
      return inMs(value);
    case 's':
      return inSeconds(value);
    case 'share':
      return same(inPercent(value));
    case 'index':
      return same(value.toFixed(3));
    default:
      return same(String(value));
  }
}

export function limitText(id: TargetId, limit: number = TARGETS[id].limit): Bilingual {
  const { side, limitWords }: TargetDefinition = TARGETS[id];
  if (limitWords) return limitWords;
  return quantityWords[side](valueText(id, limit));
}

/** Another version's file may contain unknown ids, which are returned unchanged. */
export function shortWords(id: string): Text {
  const target: TargetDefinition | undefined = (TARGETS as Partial<Record<string, TargetDefinition>>)[id];
  return target?.short ?? target?.what ?? id;
}

const same = (text: string): Bilingual => ({ en: text, zh: text });
