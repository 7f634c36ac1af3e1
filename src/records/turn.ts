import { z } from 'zod';
import type { ErrorCode } from '../core/errors/index.js';
import type { Bilingual } from '../core/index.js';
import { absentValue, listFields, type Field, type RecordOf } from './field.js';

/** Spans of a turn's trace that carry attributes. */
export type TurnSpan = 'turn' | 'recognition' | 'answer' | 'synthesis' | 'speaking';

/** A field of a turn. It is absent if the described event did not happen or is not known. */
export interface TurnField extends Field {
  readonly unit?: 'ms' | 'ms since 1970' | 'bytes' | 'tokens';
  /** If true, the field tells what was said or who spoke. It is kept only if the configuration allows it. */
  readonly pii?: true;
  /** Name in the log line, if different. False if another field of the log line already contains this value. */
  readonly log?: string | false;
  readonly trace?: { readonly span: TurnSpan; readonly attribute: string };
}

/** Stages of a turn, each with words for the time that it covers. Stages may overlap. */
export const TURN_STAGES = {
  endpoint: {
    en: 'from the end of speech to the decision that the utterance is over, counted in received audio',
    zh: '从说完，到断定这句话说完了，按收到的音频计算',
  },
  admission: { en: 'from that decision to permission to talk', zh: '从断定的时刻，到获准对话' },
  asr_wait: { en: 'waiting for a CPU slot; all pieces of the utterance', zh: '等待 CPU 槽位；这句话所有段合计' },
  asr_run: { en: 'inside a CPU slot; all pieces of the utterance', zh: '在 CPU 槽位里；这句话所有段合计' },
  transcript: {
    en: 'from the decision to the text; 0 where it was known before',
    zh: '从断定的时刻，到得到文字；事先已知时为 0',
  },
  llm_first_token: { en: "from the text to the model's first token", zh: '从得到文字，到模型的第一个 token' },
  llm_first_chunk: { en: "from the text to the model's first speakable chunk", zh: '从得到文字，到第一段能念的话' },
  llm_answer: {
    en: 'from the text to the end of the answer, which is read only as fast as it is wanted for speaking',
    zh: '从得到文字，到回答结束（只按念的速度读取）',
  },
  tts_first_audio: { en: 'from the first chunk to its first audio', zh: '从第一段话，到它的第一段声音' },
  first_packet: { en: 'from the text to the first packet', zh: '从得到文字，到第一个包' },
  speech_end_to_first_packet: {
    en: 'from the end of speech to the first packet: what a person feels, but for the device and the network',
    zh: '从说完，到第一个包：除设备和网络外，人所感觉到的',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type TurnStage = keyof typeof TURN_STAGES;

/** A turn is smooth if its first sound comes within this time, in ms, after the end of speech. */
export const SMOOTH_WITHIN_MS = 1600;

/**
 * Limits in ms. A stage above its limit is named as the cause of a slow answer. `transcript` is how long a person waits
 * for the text, and `asr_run` is how long the machine works.
 */
export const LONG_STAGE_MS = {
  endpoint: 900,
  admission: 300,
  asr_wait: 300,
  asr_run: 700,
  transcript: 700,
  llm_first_chunk: 1000,
  tts_first_audio: 600,
} as const satisfies Partial<Readonly<Record<TurnStage, number>>>;

export type TurnOutcome = z.output<typeof outcome>;
const outcome = z.enum([
  'answered',
  'interrupted',
  'failed',
  /** The button was held in push to talk, but no words were understood. */
  'not_understood',
  /** No words were understood with an open microphone, or the words were not meant for the device. */
  'empty',
  'exit',
  'busy',
  /** The device left, or the user started again, before the answer began. */
  'abandoned',
  /** The server played a recording that nobody had asked for. */
  'played',
]);

/** Reasons why an utterance was regarded as not meant for the device. */
const OVERHEARD = ['echo', 'language', 'background', 'noise', 'unaddressed'] as const;
export type OverheardReason = (typeof OVERHEARD)[number];

const count = z.number().default(0);
const flag = z.boolean().default(false);

/** The only definition of a turn's record. Log, trace, history, admin API, console and docs are derived from it. */
export const TURN_FIELDS = {
  deviceId: {
    schema: z.string(),
    column: 'device_id',
    log: false,
    trace: { span: 'turn', attribute: 'chorus.device.id' },
    words: { en: 'the device', zh: '设备' },
  },
  language: {
    schema: z.string(),
    column: 'language',
    trace: { span: 'turn', attribute: 'chorus.language' },
    words: { en: 'the language of the conversation', zh: '对话的语言' },
  },
  agentId: {
    schema: z.string().optional(),
    column: 'agent_id',
    trace: { span: 'turn', attribute: 'chorus.agent.id' },
    words: { en: 'the agent that answered; absent: as configured', zh: '回答的智能体；没有：按配置' },
  },
  board: {
    schema: z.string().optional(),
    column: 'board',
    trace: { span: 'turn', attribute: 'chorus.device.board' },
    words: { en: 'the board of the device', zh: '设备的板子' },
  },
  firmwareVersion: {
    schema: z.string().optional(),
    column: 'firmware_version',
    trace: { span: 'turn', attribute: 'chorus.device.firmware' },
    words: { en: 'the firmware of the device', zh: '设备的固件版本' },
  },
  atWallMs: {
    schema: z.number(),
    column: 'at_ms',
    unit: 'ms since 1970',
    words: { en: 'when it was over', zh: '结束的时刻' },
  },
  utteranceAtWallMs: {
    schema: z.number(),
    column: 'utterance_at_ms',
    unit: 'ms since 1970',
    words: { en: 'when it was decided that the utterance is over', zh: '断定这句话说完了的时刻' },
  },
  outcome: {
    schema: outcome,
    column: 'outcome',
    trace: { span: 'turn', attribute: 'chorus.turn.outcome' },
    words: { en: 'how it ended', zh: '怎样结束' },
  },
  code: {
    schema: (z.string() as unknown as z.ZodType<ErrorCode>).optional(),
    column: 'code',
    trace: { span: 'turn', attribute: 'error.type' },
    words: { en: 'the error, a row of docs/errors.md', zh: '错误码，见 docs/errors.zh-CN.md' },
  },
  mode: {
    schema: z.enum(['auto', 'manual', 'realtime']),
    column: 'mode',
    trace: { span: 'turn', attribute: 'chorus.turn.mode' },
    words: { en: 'the listening mode of the device', zh: '设备的收听方式' },
  },
  asr: {
    schema: z.string().optional(),
    column: 'asr',
    trace: { span: 'recognition', attribute: 'chorus.asr.model' },
    words: { en: 'the model that recognised', zh: '识别用的模型' },
  },
  speculated: {
    schema: flag,
    column: 'speculated',
    trace: { span: 'recognition', attribute: 'chorus.asr.speculated' },
    words: { en: 'the text was ready when the utterance ended', zh: '说完时文字已经得到' },
  },
  prepared: {
    schema: flag,
    column: 'prepared',
    trace: { span: 'answer', attribute: 'chorus.llm.prepared' },
    words: {
      en: 'the answer was begun before the utterance was certain to be over, and was used',
      zh: '在断定说完之前就开始准备回答，并且用上了',
    },
  },
  stagesMs: {
    schema: z.partialRecord(z.enum(Object.keys(TURN_STAGES) as [TurnStage, ...TurnStage[]]), z.number()),
    column: 'stages_ms',
    unit: 'ms',
    words: { en: 'its stages, see the table below', zh: '各阶段，见下表' },
  },
  sentences: {
    schema: count,
    column: 'sentences',
    trace: { span: 'synthesis', attribute: 'chorus.tts.sentences' },
    words: { en: 'sentences spoken', zh: '念出的句数' },
  },
  cachedSentences: {
    schema: count,
    column: 'cached_sentences',
    trace: { span: 'synthesis', attribute: 'chorus.tts.cached_sentences' },
    words: { en: 'of them from the phrase cache', zh: '其中来自短句缓存的' },
  },
  packets: {
    schema: count,
    column: 'packets',
    trace: { span: 'speaking', attribute: 'chorus.packets' },
    words: { en: 'Opus packets sent to the device', zh: '发给设备的 Opus 包数' },
  },
  bytes: {
    schema: count,
    column: 'bytes',
    unit: 'bytes',
    trace: { span: 'speaking', attribute: 'chorus.bytes' },
    words: { en: 'the bytes of these packets', zh: '这些包的字节数' },
  },
  underruns: {
    schema: count,
    column: 'underruns',
    trace: { span: 'speaking', attribute: 'chorus.underruns_predicted' },
    words: { en: 'times the device ran dry, as the pacer predicts', zh: '按发送节奏预测的断流次数' },
  },
  underrunMs: {
    schema: count,
    column: 'underrun_ms',
    unit: 'ms',
    trace: { span: 'speaking', attribute: 'chorus.underrun_predicted_ms' },
    words: { en: 'silence of these underruns', zh: '这些断流的静默时长' },
  },
  musicMs: {
    schema: z.number().optional(),
    unit: 'ms',
    trace: { span: 'speaking', attribute: 'chorus.music_ms' },
    words: { en: 'music, stories and radio that were heard after the answer', zh: '回答之后播放的音乐、故事和电台' },
  },
  inputTokens: {
    schema: z.number().optional(),
    column: 'input_tokens',
    unit: 'tokens',
    trace: { span: 'answer', attribute: 'gen_ai.usage.input_tokens' },
    words: { en: 'read by the language model, as far as it reported them', zh: '大模型读入的，以它报告的为准' },
  },
  outputTokens: {
    schema: z.number().optional(),
    column: 'output_tokens',
    unit: 'tokens',
    trace: { span: 'answer', attribute: 'gen_ai.usage.output_tokens' },
    words: { en: 'written by the language model, as far as it reported them', zh: '大模型写出的，以它报告的为准' },
  },
  prosody: {
    schema: z.enum(['complete', 'incomplete', 'broken_off']).optional(),
    trace: { span: 'recognition', attribute: 'chorus.turn.prosody' },
    words: {
      en: 'how the voice sounded at the end, where smart-turn-v3 was asked (vad.smart_turn)',
      zh: '说完时语气听来如何（问过 smart-turn-v3 时，见 vad.smart_turn）：complete 说完了，incomplete 没说完，broken_off 明显中断',
    },
  },
  overheard: {
    schema: z.enum(OVERHEARD).optional(),
    trace: { span: 'recognition', attribute: 'chorus.overheard' },
    words: {
      en:
        'why it was taken for something that was not said to the device, and not answered: echo (of the device), ' +
        'language (a script that is not of the language), background (far quieter than usual), noise (a word that ' +
        'recognisers make of noise), unaddressed (while it only waits for a timer, without its wake word)',
      zh:
        '为什么认为不是对设备说的、没有回答：echo（设备自己的回声）、language（不是这种语言的文字）、' +
        'background（比平时轻得多）、noise（识别器由噪声得出的词）、unaddressed（只在等计时器到点，话里没有唤醒词）',
    },
  },
  toolsUsed: {
    schema: z.array(z.string()).optional(),
    trace: { span: 'answer', attribute: 'chorus.tools' },
    words: { en: 'the tools that were called, in order', zh: '按顺序调用过的工具' },
  },
  sources: {
    schema: z.array(z.string()).optional(),
    trace: { span: 'answer', attribute: 'chorus.sources' },
    words: {
      en: 'the documents whose passages the language model was given, with page or heading',
      zh: '交给大模型的段落所在的文档，带页码或标题',
    },
  },
  person: {
    schema: z.string().optional(),
    column: 'person',
    pii: true,
    log: 'piiPerson',
    trace: { span: 'turn', attribute: 'chorus.person' },
    words: {
      en: 'who spoke, if the voice is known; kept like what the user said, and with the sound of the turn',
      zh: '说话的人，声音已知时才有；和用户说的话一样保存，保存声音时也保存',
    },
  },
  userText: {
    schema: z.string().optional(),
    column: 'user_text',
    pii: true,
    log: 'piiUser',
    trace: { span: 'turn', attribute: 'chorus.turn.user_text' },
    words: {
      en: 'what the user said; only with log.transcripts, in the history with history.transcripts',
      zh: '用户说的话；要打开 log.transcripts，数据库里的要打开 history.transcripts',
    },
  },
  answerText: {
    schema: z.string().optional(),
    pii: true,
    log: 'piiAnswer',
    trace: { span: 'turn', attribute: 'chorus.turn.answer_text' },
    words: {
      en: 'what was heard of the answer; kept like what the user said',
      zh: '回答中念出来的部分；和用户说的话一样保存',
    },
  },
} as const satisfies Readonly<Record<string, TurnField>>;

export type TurnFieldName = keyof typeof TURN_FIELDS;

export const TURN_FIELD_LIST = listFields<TurnFieldName, TurnField>(TURN_FIELDS);

export type TurnFields = RecordOf<typeof TURN_FIELDS>;

/** Turns are numbered from 1. */
export type TurnRecord = { readonly id: number } & TurnFields;

/** Fields that are left out get their defaults. */
export type MeasuredTurn = Partial<TurnFields> &
  Pick<TurnFields, 'deviceId' | 'language' | 'atWallMs' | 'utteranceAtWallMs' | 'outcome' | 'mode' | 'stagesMs'>;

export function turnRecord(id: number, measured: MeasuredTurn): TurnRecord {
  return {
    id,
    ...Object.fromEntries(
      TURN_FIELD_LIST.map(([name, field]) => {
        const value: unknown = measured[name] ?? absentValue(field);
        return [name, field.unit === 'ms' && value !== undefined ? rounded(value) : value];
      }),
    ),
  } as TurnRecord;
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value);
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, number>>).map(([name, ms]) => [name, Math.round(ms)]),
  );
}

/** Removes the words and the names of people. */
export function withoutPersonal<T extends Partial<TurnFields>>(turn: T): T {
  return {
    ...turn,
    ...Object.fromEntries(TURN_FIELD_LIST.flatMap(([name, { pii }]) => (pii ? [[name, undefined]] : []))),
  };
}
