import { z } from 'zod';
import { uiLanguage } from '../../../core/index.js';
import { phrase } from '../../session/phrases.js';
import { defineTool } from '../tool.js';
import { TOOL_TEXTS } from '../words.js';

/** This goodbye is left out if the agent has its own farewell, or if the model has already spoken. */
export const endConversation = defineTool({
  name: 'end_conversation',
  words: {
    en: 'Ends the conversation. Call it when the user says goodbye or wants you to stop or sleep, and only then.',
    zh: '结束对话。用户告别，或者要你停下、去休息时调用，其他时候不要调用。',
  },
  input: z.object({
    farewell: z
      .string()
      .max(200)
      .optional()
      .meta({ en: 'Short goodbye that is spoken before', zh: '结束前说的简短告别语' }),
  }),
  effects: 'none',
  run({ farewell }, { language }) {
    const said = farewell?.trim() ?? '';
    return {
      text: TOOL_TEXTS[uiLanguage(language)].conversation.ends,
      say: said === '' ? phrase(language, 'farewell') : said,
      end: true,
    };
  },
});
