import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { createEventLlm } from '../event-llm.js';
import { anthropicDialect } from './dialect.js';

/** Claude over Anthropic's Messages API (docs.anthropic.com, "Streaming messages"). */
export const anthropic = defineLanguageModel({
  id: 'anthropic',
  name: both('Anthropic Claude', 'Anthropic Claude'),
  about: both('Anthropic Claude, with tools', 'Anthropic Claude，会用工具'),
  local: false,
  key: { variables: ['ANTHROPIC_API_KEY'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'https://api.anthropic.com/v1',
  model: 'claude-haiku-4-5',
  unproven: true,
  create: (settings, context) => createEventLlm(anthropicDialect, settings, context),
});
