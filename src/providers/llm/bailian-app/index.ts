import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { isPlaceholder, textOf } from '../../imported-settings.js';
import { createEventLlm } from '../event-llm.js';
import { bailianDialect } from './dialect.js';

/** An app of Alibaba's Model Studio (help.aliyun.com, "apps/completion"). `llm.model` is the id of the app. */
export const bailianApp = defineLanguageModel({
  id: 'bailian-app',
  name: both('Alibaba Bailian app', '阿里百炼应用'),
  about: both(
    'an app of Bailian (Model Studio); llm.model is its id, and it has its own prompt and tools',
    '百炼应用，llm.model 填应用 ID；提示词和工具由应用决定',
  ),
  local: false,
  key: { variables: ['DASHSCOPE_API_KEY'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'https://dashscope.aliyuncs.com/api/v1',
  unproven: true,
  importFrom: [
    {
      types: ['AliBL'],
      to: 'llm.preset, llm.model, llm.api_key',
      about: both(
        'An app of Bailian: its id and key are taken; model, prompt and memory are the app’s.',
        '百炼应用：沿用应用 ID 和密钥；模型、提示词和记忆由应用决定。',
      ),
      take(settings) {
        const app = textOf(settings['app_id']);
        const key = textOf(settings['api_key']);
        if (app === undefined || isPlaceholder(app) || key === undefined || isPlaceholder(key)) return undefined;
        return {
          fields: [
            { field: 'type', key: 'llm.preset', value: 'bailian-app' },
            { field: 'app_id', key: 'llm.model', value: app },
            { field: 'api_key', key: 'llm.api_key', value: key },
          ],
        };
      },
    },
  ],
  create: (settings, context) => createEventLlm(bailianDialect, settings, context),
});
