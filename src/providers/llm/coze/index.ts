import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { isPlaceholder, textOf } from '../../imported-settings.js';
import { createEventLlm } from '../event-llm.js';
import { cozeDialect } from './dialect.js';

/** A bot of Coze (coze.cn, "chat v3"). `llm.model` is the id of the bot, which has its own model, prompt and tools. */
export const coze = defineLanguageModel({
  id: 'coze',
  name: both('Coze', '扣子 Coze'),
  about: both('a bot of Coze; llm.model is its id', '扣子的智能体，llm.model 填它的编号'),
  local: false,
  key: { variables: ['COZE_API_TOKEN'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'https://api.coze.cn',
  unproven: true,
  importFrom: [
    {
      types: ['coze'],
      to: 'llm.preset, llm.model, llm.api_key',
      about: both(
        'Coze: the bot and its token are taken; model and prompt are the bot’s.',
        '扣子：沿用智能体编号和令牌；模型和提示词由智能体决定。',
      ),
      take(settings) {
        const bot = textOf(settings['bot_id']);
        const key = textOf(settings['personal_access_token']);
        if (bot === undefined || isPlaceholder(bot) || key === undefined || isPlaceholder(key)) return undefined;
        return {
          fields: [
            { field: 'type', key: 'llm.preset', value: 'coze' },
            { field: 'bot_id', key: 'llm.model', value: bot },
            { field: 'personal_access_token', key: 'llm.api_key', value: key },
          ],
        };
      },
    },
  ],
  create: (settings, context) => createEventLlm(cozeDialect, settings, context),
});
