import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { isPlaceholder, textOf, type ImportedField } from '../../imported-settings.js';
import { withoutSlash } from '../../wire/http.js';
import { createEventLlm } from '../event-llm.js';
import { probePage } from '../probe-page.js';
import { difyDialect } from './dialect.js';

const BASE_URL = 'https://api.dify.ai/v1';

/** An app of Dify (docs.dify.ai, "chat-messages"). The app determines model, prompt and tools. */
export const dify = defineLanguageModel({
  id: 'dify',
  name: both('Dify', 'Dify'),
  about: both('an app of Dify, which has its own prompt and tools', 'Dify 应用，提示词和工具由应用决定'),
  local: false,
  key: { variables: ['DIFY_API_KEY'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: BASE_URL,
  model: 'app',
  unproven: true,
  importFrom: [
    {
      types: ['dify'],
      to: 'llm.preset, llm.base_url, llm.api_key',
      about: both(
        'Dify: address and key are taken; model and prompt are the app’s. Modes other than chat are not.',
        'Dify：沿用地址和密钥；模型和提示词由应用决定。不支持对话以外的模式。',
      ),
      take(settings) {
        const key = textOf(settings['api_key']);
        const mode = textOf(settings['mode']) ?? 'chat-messages';
        if (key === undefined || isPlaceholder(key) || mode !== 'chat-messages') return undefined;
        const url = textOf(settings['base_url']);
        const own = url !== undefined && !isPlaceholder(url) && url.replace(/\/+$/u, '') !== BASE_URL;
        const fields: ImportedField[] = [
          { field: 'type', key: 'llm.preset', value: 'dify' },
          { field: 'api_key', key: 'llm.api_key', value: key },
          ...(own ? [{ field: 'base_url', key: 'llm.base_url', value: url }] : []),
          { field: 'mode', key: 'llm.preset', value: 'dify' },
        ];
        return { fields: fields.filter(({ field }) => field !== 'mode' || settings['mode'] !== undefined) };
      },
    },
  ],
  create: (settings, context) => createEventLlm(difyDialect, settings, context),
  // Asks no question, because it would run the whole app, and Dify would store a conversation.
  probe: ({ baseUrl, apiKey }, context) => probePage(`${withoutSlash(baseUrl)}/parameters`, apiKey, context),
});
