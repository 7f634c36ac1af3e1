import { z } from 'zod';
import { both, type Bilingual, ChorusError, describeError, ERROR_TABLE, type ErrorCode } from '../core/index.js';
import type { OverheardReason, TurnRecord } from '../records/index.js';
import { bilingual } from './shapes.js';

/** Verdict on a turn: one word, and one sentence for a person. */
export const turnVerdict = z.object({
  kind: z
    .enum([
      'smooth',
      'stuttered',
      'slow_recognition',
      'slow_model',
      'slow_voice',
      'waited',
      'failed',
      'busy',
      'not_understood',
      'interrupted',
      'nothing',
    ])
    .meta({
      description:
        'waited: for its turn, because others talked. nothing: ' +
        'sound that was no speech, or given up before it was understood.',
    }),
  good: z.boolean(),
  text: bilingual,
});
export type TurnVerdict = z.output<typeof turnVerdict>;

/**
 * Time from the end of speech to the first sound of a smooth turn. It is the target of `chorus monitor` for several
 * devices.
 */
const SMOOTH_WITHIN_MS = 1600;
/** Longest time of a stage, in ms, before it is named as the cause; as in the advice of `chorus monitor`. */
const LONG_MS = {
  admission: 300,
  asr_wait: 300,
  transcript: 700,
  llm_first_chunk: 1000,
  tts_first_audio: 600,
} as const;

type Kind = TurnVerdict['kind'];

const OVERHEARD_WORDS: Readonly<Record<OverheardReason, Bilingual>> = {
  echo: both('Not answered: its own echo.', '没有回答：是设备自己的回声。'),
  language: both('Not answered: not a text of its language.', '没有回答：不是这种语言的文字。'),
  background: both(
    'Not answered: far quieter than usual, so talk in the background.',
    '没有回答：比平时轻得多，是背景里的说话声。',
  ),
  noise: both('Not answered: a single word made of noise.', '没有回答：只是由噪声得出的一个词。'),
};

/** Judges a turn from the view of the person who talked. */
export function verdictOf({
  outcome,
  code,
  underruns,
  underrunMs,
  stagesMs,
  overheard,
}: Pick<TurnRecord, 'outcome' | 'code' | 'underruns' | 'underrunMs' | 'stagesMs' | 'overheard'>): TurnVerdict {
  switch (outcome) {
    case 'failed':
      return verdict(
        'failed',
        false,
        code === undefined ? 'No answer.' : `No answer: ${ERROR_TABLE[code].cause.en}`,
        code === undefined ? '没有得到回答。' : `没有得到回答：${inChinese(code)}。`,
      );
    case 'busy':
      return verdict(
        'busy',
        false,
        'Turned away: as many devices talked as the server carries.',
        '没有轮到：同时对话的设备已满。',
      );
    case 'not_understood':
      return verdict('not_understood', false, 'Nothing was understood.', '没有听懂。');
    case 'empty':
    case 'abandoned':
      if (overheard !== undefined)
        return verdict('nothing', true, OVERHEARD_WORDS[overheard].en, OVERHEARD_WORDS[overheard].zh);
      return verdict('nothing', true, 'No speech, or given up.', '没有说话，或中途放弃。');
    default:
  }
  if (underruns > 0)
    return verdict(
      'stuttered',
      false,
      `Stuttered ${times(underruns)}, ${seconds(underrunMs)} of silence.`,
      `卡顿 ${underruns} 次，共静默${secondsZh(underrunMs)}。`,
    );
  const slow = slowest(stagesMs);
  if (slow) return slow;
  if (outcome === 'interrupted')
    return verdict('interrupted', true, 'Smooth, and interrupted by the user.', '流畅，被用户打断。');
  return verdict('smooth', true, 'Smooth.', '流畅。');
}

/** The stage that exceeded its usual time most; undefined if nobody had to wait. */
function slowest(stagesMs: TurnRecord['stagesMs']): TurnVerdict | undefined {
  if ((stagesMs.speech_end_to_first_packet ?? 0) <= SMOOTH_WITHIN_MS) return undefined;
  const excess = (Object.keys(LONG_MS) as (keyof typeof LONG_MS)[]).map((stage) => ({
    stage,
    ms: stagesMs[stage] ?? 0,
    over: (stagesMs[stage] ?? 0) - LONG_MS[stage],
  }));
  const [worst] = excess.filter(({ over }) => over > 0).toSorted((a, b) => b.over - a.over);
  if (!worst) return undefined;
  const { stage, ms } = worst;
  switch (stage) {
    case 'admission':
    case 'asr_wait':
      return verdict(
        'waited',
        false,
        `It waited ${seconds(ms)} because other devices talked.`,
        `别的设备在说话，等了${secondsZh(ms)}。`,
      );
    case 'transcript':
      return verdict(
        'slow_recognition',
        false,
        `Recognition is slow: ${seconds(ms)} after the end of speech.`,
        `识别慢：说完后${secondsZh(ms)}才得到文字。`,
      );
    case 'llm_first_chunk':
      return verdict(
        'slow_model',
        false,
        `The language model is slow: ${seconds(ms)} to its first sentence.`,
        `大模型慢：${secondsZh(ms).trimStart()}才说出第一句。`,
      );
    default:
      return verdict(
        'slow_voice',
        false,
        `The voice is slow: ${seconds(ms)} to its first sound.`,
        `语音合成慢：${secondsZh(ms).trimStart()}才出声。`,
      );
  }
}

const inChinese = (code: ErrorCode): string => describeError(new ChorusError(code, ERROR_TABLE[code].cause.en), 'zh');

function verdict(kind: Kind, good: boolean, en: string, zh: string): TurnVerdict {
  return { kind, good, text: { en, zh } };
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
/** Times below 0.1 s are shown in milliseconds, because "0.0 s" would say that nothing happened. */
const seconds = (ms: number): string => (ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const secondsZh = (ms: number): string => (ms < 100 ? ` ${Math.round(ms)} 毫秒` : ` ${(ms / 1000).toFixed(1)} 秒`);
