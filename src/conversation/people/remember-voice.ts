import { z } from 'zod';
import { uiLanguage } from '../../core/index.js';
import { defineTool, type Tool, type ToolAnswer } from '../tools/index.js';
import type { People } from './people.js';
import { peopleWords } from './words.js';

export const REMEMBER_VOICE = 'remember_voice';

/** The tool for "Remember my voice, I am Anna". It keeps the voice of that utterance. */
export function rememberVoice(people: Pick<People, 'remember'>): Tool {
  return defineTool({
    name: REMEMBER_VOICE,
    words: {
      en:
        'Remembers the voice of the person who is talking now, to recognise it later. Call it only when the person ' +
        'asks for it and has said the own name.',
      zh: '记住现在说话的人的声音，以后就能认出来。只有这个人自己要求并说了名字时才调用。',
    },
    input: z.object({
      name: z.string().trim().min(1).max(64).meta({ en: 'Name of the person who talks', zh: '说话的人的名字' }),
    }),
    effects: 'home',
    async run({ name }, { deviceId, language, signal }): Promise<ToolAnswer> {
      const ui = uiLanguage(language);
      const known = await people.remember(deviceId, name, signal);
      if (!known) return { text: peopleWords.tooLittleHeard[ui], say: peopleWords.sayMore[ui] };
      const text = peopleWords.remembered(name)[ui];
      return { text, say: text };
    },
  });
}
