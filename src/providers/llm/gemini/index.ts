import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { createEventLlm } from '../event-llm.js';
import { geminiDialect } from './dialect.js';

/** Gemini over Google's own API (ai.google.dev, "models.streamGenerateContent"). */
export const gemini = defineLanguageModel({
  id: 'gemini',
  name: both('Google Gemini', '谷歌 Gemini'),
  about: both('Google Gemini, with tools', '谷歌 Gemini，会用工具'),
  local: false,
  key: { variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  model: 'gemini-2.5-flash',
  unproven: true,
  create: (settings, context) => createEventLlm(geminiDialect, settings, context),
});
