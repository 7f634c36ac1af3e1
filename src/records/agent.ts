import { z } from 'zod';
import type { Bilingual } from '../core/index.js';
import { listFields, type Field, type RecordOf } from './field.js';

/** A field of an agent. An agent without the field follows the configuration. */
interface AgentField extends Field {
  /** The field's name in a table. */
  readonly title: Bilingual;
  /**
   * Columns with the same meaning in the table `ai_agent` of the Python server's web console. The first non-empty
   * column is imported.
   */
  readonly importedFrom?: readonly string[];
}

const text = (maxChars: number): z.ZodOptional<z.ZodString> => z.string().trim().min(1).max(maxChars).optional();
const list = (maxItems: number): z.ZodOptional<z.ZodArray<z.ZodString>> =>
  z.array(z.string().trim().min(1).max(64)).max(maxItems).optional();

/** The length of the pause that ends a turn. `patient` is for children, learners and old people. */
export const PATIENCE = ['quick', 'normal', 'patient'] as const;
export type Patience = (typeof PATIENCE)[number];

/**
 * Listed here because records must not depend on providers. The compiler checks the list against
 * `src/providers/memory/index.ts`.
 */
export const MEMORY_SERVICES = ['mem0'] as const;
/** Kinds of memory that outlast a conversation. */
export const MEMORY_KINDS = ['none', 'facts', 'summary', ...MEMORY_SERVICES] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** The only definition of an agent. Database, admin API, command line, documents and import are derived from it. */
export const AGENT_FIELDS = {
  name: {
    schema: z.string().trim().min(1).max(64),
    column: 'name',
    importedFrom: ['agent_name'],
    title: { en: 'name', zh: '名字' },
    words: { en: 'what people call it', zh: '显示的名字' },
  },
  language: {
    schema: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
      .optional(),
    column: 'language',
    importedFrom: ['lang_code', 'language'],
    title: { en: 'language', zh: '语言' },
    words: {
      en: 'the language in which people talk to it (BCP 47, such as en-GB), whatever the device is set to',
      zh: '和它说哪种语言（BCP 47，例如 zh-CN），不管设备设成什么',
    },
  },
  voice: {
    schema: text(128),
    column: 'voice',
    title: { en: 'voice', zh: '音色' },
    words: {
      en: "its voice, by the voice provider's own name, in place of tts.voice",
      zh: '它的音色，按语音服务自己的叫法，代替 tts.voice',
    },
  },
  service: {
    schema: text(64),
    title: { en: 'service', zh: '服务' },
    words: {
      en: 'its language model service, a name of llm.services, in place of that of llm',
      zh: '它的大模型服务，llm.services 里的名字，代替 llm 的服务',
    },
  },
  model: {
    schema: text(128),
    column: 'llm',
    title: { en: 'model', zh: '模型' },
    words: {
      en: 'a model of its service, in place of the one that is configured there',
      zh: '它的服务的某个模型，代替那里配置的模型',
    },
  },
  recognition: {
    schema: text(64),
    title: { en: 'recognition', zh: '识别' },
    words: {
      en: 'its recogniser (a name in asr.services) in place of asr.model, which takes over if it fails',
      zh: '它的语音识别（asr.services 里的一个名字），代替 asr.model；出错时改用 asr.model',
    },
  },
  realtime: {
    schema: text(64),
    title: { en: 'realtime', zh: '实时语音' },
    words: {
      en:
        'its realtime model, a name in realtime.services: it hears and speaks itself, in place of recognition, ' +
        'language model and voice, which take over where it fails',
      zh: '它的实时语音模型，realtime.services 里的名字：由它直接听和说，代替识别、大模型和声音；它出错时由这三者顶上',
    },
  },
  prompt: {
    schema: text(20_000),
    column: 'prompt',
    // Before April 2025, `system_prompt` was called `character`.
    importedFrom: ['system_prompt', 'character'],
    title: { en: 'prompt', zh: '提示词' },
    words: { en: 'its character (the persona), in place of llm.prompt', zh: '它的人设，代替 llm.prompt' },
  },
  contentRules: {
    schema: text(4000),
    title: { en: 'content rules', zh: '内容规则' },
    words: {
      en:
        'what it must and must not talk about; stands in the prompt after its character, ' +
        'above whatever a person says',
      zh: '它该说什么、不该说什么；写在提示词里人设的后面，比人说的话优先',
    },
  },
  place: {
    schema: text(128),
    title: { en: 'place', zh: '地点' },
    words: {
      en: 'where it is, for example Hangzhou; {{place}} in its prompt',
      zh: '它所在的地方，例如杭州；提示词里写 {{place}}',
    },
  },
  greeting: {
    schema: text(200),
    title: { en: 'greeting', zh: '招呼' },
    words: {
      en: 'its answer to a bare wake word, best shorter than a second',
      zh: '只说唤醒词时它的回应，最好不到一秒',
    },
  },
  farewell: {
    schema: text(200),
    title: { en: 'farewell', zh: '道别' },
    words: { en: 'its last sentence when a conversation ends', zh: '对话结束时它说的话' },
  },
  exitWords: {
    schema: list(32),
    title: { en: 'exit words', zh: '结束语' },
    words: {
      en: 'utterances that end the conversation, in place of session.exit_words',
      zh: '说了就结束对话的话，代替 session.exit_words',
    },
  },
  patience: {
    schema: z.enum(PATIENCE).optional(),
    title: { en: 'patience', zh: '耐心' },
    words: {
      en: 'how long a pause may be before the turn is over, in place of vad.patience: quick, normal, patient',
      zh: '停顿多久才算说完：quick（快）、normal（一般）、patient（耐心：孩子、学习者、老人），代替 vad.patience',
    },
  },
  tools: {
    schema: list(128),
    title: { en: 'tools', zh: '工具' },
    words: {
      en: 'the only tools that it may call, by the names that the model sees; a name may end with *',
      zh: '只允许它调用的工具，用模型看到的名字；名字可以用 * 结尾',
    },
  },
  memory: {
    schema: z.enum(MEMORY_KINDS).optional(),
    title: { en: 'memory', zh: '记忆' },
    words: {
      en: 'its memory beyond one conversation, on each device: none, facts, summary or mem0, in place of memory.kind',
      zh: '它在每台设备上跨对话的记忆：none（没有）、facts（事实）、summary（摘要）或 mem0，代替 memory.kind',
    },
  },
  knowledge: {
    schema: list(32),
    title: { en: 'knowledge', zh: '知识库' },
    words: {
      en: 'the only collections of documents that it knows (chorus knowledge); without it all, none: no document',
      zh: '它只知道这些文档集（chorus knowledge）；不设置则知道全部，none 表示一个也不知道',
    },
  },
  answers: {
    schema: z.enum(['everybody', 'known']).optional(),
    title: { en: 'answers', zh: '回答谁' },
    words: {
      en: 'known: it answers only people whose voices are known (chorus people); everybody: also others',
      zh: 'known：只回答声音已知的人（chorus people）；everybody：也回答其他人',
    },
  },
  minutesPerDay: {
    schema: z.number().int().min(1).max(1440).optional(),
    title: { en: 'minutes', zh: '分钟' },
    words: {
      en: 'minutes that a device may talk with it a day; counted over all agents of the device',
      zh: '一台设备每天可以和它对话的分钟数；该设备的所有智能体合计',
    },
  },
  minutesCount: {
    schema: z.enum(['talk', 'all']).optional(),
    title: { en: 'minutes count', zh: '分钟计入' },
    words: {
      en:
        'what its minutes a day count: talk (questions, answers and the pauses between them), ' +
        'or all (music, stories and radio, too)',
      zh: '每天的分钟数计入什么：talk（提问、回答和其间的停顿），或 all（音乐、故事和电台也算）',
    },
  },
  charactersPerDay: {
    schema: z.number().int().min(1).max(100_000_000).optional(),
    title: { en: 'characters', zh: '字数' },
    words: {
      en: 'characters that a device may speak a day; counted over all agents of the device',
      zh: '一台设备每天可以念出的字数；该设备的所有智能体合计',
    },
  },
} as const satisfies Readonly<Record<string, AgentField>>;

export type AgentFieldName = keyof typeof AGENT_FIELDS;

export const AGENT_FIELD_LIST = listFields<AgentFieldName, AgentField>(AGENT_FIELDS);

export type Agent = { readonly id: string } & RecordOf<typeof AGENT_FIELDS>;

export function mayCall({ tools }: Pick<Agent, 'tools'>, name: string): boolean {
  return (
    tools === undefined ||
    tools.some((allowed) => (allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed))
  );
}
