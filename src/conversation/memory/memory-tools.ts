import { z } from 'zod';
import { uiLanguage } from '../../core/index.js';
import { defineTool, type Tool } from '../tools/index.js';
import type { Memories } from './memories.js';
import { memoryWords } from './words.js';

type MemoryChanges = Pick<Memories, 'remember' | 'forgetAbout' | 'forget'>;

export function memoryTools(memories: MemoryChanges): readonly Tool[] {
  return [rememberFact(memories), forgetFact(memories), forgetEverything(memories)];
}

function rememberFact(memories: MemoryChanges): Tool {
  return defineTool({
    name: 'remember_fact',
    words: {
      en:
        'Remembers a fact for later conversations. Call it when the user asks you to remember something, ' +
        'and only then.',
      zh: '记住一件事，供以后的对话使用。用户要求你记住时调用，其他时候不要调用。',
    },
    input: z.object({
      fact: z
        .string()
        .min(1)
        .max(300)
        .meta({ en: 'One short sentence, e.g. Tom is allergic to peanuts', zh: '一个短句，如：小明对花生过敏' }),
      about: z
        .string()
        .max(64)
        .optional()
        .meta({ en: 'Name of the person it is about, if known', zh: '关于谁（知道名字的话）' }),
      keywords: z
        .array(z.string().max(32))
        .max(8)
        .optional()
        .meta({ en: 'Other words by which somebody may ask for it', zh: '别人可能用来询问它的其他词' }),
    }),
    effects: 'home',
    async run({ fact, about = '', keywords = [] }, { deviceId, agentId, person, language }) {
      // A fact without a name is about the speaker. It is forgotten together with the speaker.
      const name = about.trim() === '' ? person : about.trim();
      await memories.remember(deviceId, agentId, { text: fact.trim(), name, keywords });
      return memoryWords.remembered[uiLanguage(language)];
    },
  });
}

function forgetFact(memories: MemoryChanges): Tool {
  return defineTool({
    name: 'forget_fact',
    words: {
      en: 'Forgets one remembered fact for good. Call it when the user asks you to forget something.',
      zh: '永久忘掉记住的一件事。用户要求忘掉某件事时调用。',
    },
    input: z.object({
      fact: z.string().min(1).max(300).meta({ en: 'What shall be forgotten, in words', zh: '要忘掉的内容' }),
    }),
    effects: 'home',
    async run({ fact }, { deviceId, agentId, language }) {
      const forgotten = await memories.forgetAbout(deviceId, agentId, fact);
      const said = forgotten === undefined ? memoryWords.nothing : memoryWords.forgotten(forgotten);
      return said[uiLanguage(language)];
    },
  });
}

function forgetEverything(memories: MemoryChanges): Tool {
  return defineTool({
    name: 'forget_everything',
    words: {
      en: 'Forgets everything that is remembered on this device, after the user has said yes.',
      zh: '忘掉在这台设备上记住的一切；会先让用户确认。',
    },
    input: z.object({}),
    effects: 'home',
    confirm: {
      en: 'Shall I forget everything that I know of you?',
      zh: '要我忘掉记住的关于你的一切吗？',
    },
    async run(_input, { deviceId, agentId, language }) {
      const n = await memories.forget({ deviceId, agentId: agentId ?? '' });
      return memoryWords.forgottenAll(n)[uiLanguage(language)];
    },
  });
}

export const MEMORY_TOOLS: ReadonlySet<string> = new Set(['remember_fact', 'forget_fact', 'forget_everything']);
