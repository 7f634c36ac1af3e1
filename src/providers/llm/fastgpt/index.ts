import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { isPlaceholder, textOf, withoutEndpoint } from '../../imported-settings.js';
import { createEventLlm } from '../event-llm.js';
import { fastgptDialect } from './dialect.js';

const BASE_URL = 'https://api.fastgpt.in/api/v1';

/**
 * An app of FastGPT (doc.fastgpt.io, "chat/completions"). The key identifies the app, which has its own prompt and
 * tools.
 */
export const fastgpt = defineLanguageModel({
  id: 'fastgpt',
  name: both('FastGPT', 'FastGPT'),
  about: both('an app of FastGPT, which has its own prompt and tools', 'FastGPT 应用，提示词和工具由应用决定'),
  local: false,
  key: { variables: ['FASTGPT_API_KEY'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: BASE_URL,
  model: 'app',
  unproven: true,
  importFrom: [
    {
      types: ['fastgpt'],
      to: 'llm.preset, llm.base_url, llm.api_key',
      about: both(
        'FastGPT: address and key are taken; model and prompt are the app’s. Variables are not.',
        'FastGPT：沿用地址和密钥；模型和提示词由应用决定。变量不沿用。',
      ),
      take(settings) {
        const key = textOf(settings['api_key']);
        const url = textOf(settings['base_url']);
        if (key === undefined || isPlaceholder(key)) return undefined;
        // `http://host/api/v1` is only the example in the configuration of the Python server.
        if (url === undefined || !URL.canParse(url) || new URL(url).hostname === 'host') return undefined;
        return {
          fields: [
            { field: 'type', key: 'llm.preset', value: 'fastgpt' },
            { field: 'base_url', key: 'llm.base_url', value: withoutEndpoint(url) },
            { field: 'api_key', key: 'llm.api_key', value: key },
          ],
        };
      },
    },
  ],
  create: (settings, context) => createEventLlm(fastgptDialect, settings, context),
});
