import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { createOfflineAssistant } from './assistant.js';

export { understandSum } from './arithmetic.js';
export { clockWords, speakDate, wallTime } from './calendar.js';
export { chineseNumber } from './chinese-numbers.js';
export { findUnit, type Unit } from './known-units.js';
export { standingTexts } from './phrases.js';
export { answersByRules, createOfflineAssistant } from './assistant.js';

export const offline = defineLanguageModel({
  id: 'offline',
  name: both('offline assistant', '离线助手'),
  about: both('The built-in assistant, without a model.', '内置的助手，不用大模型。'),
  local: true,
  chosenBy: 'default',
  remote: false,
  languages: ['zh', 'en'],
  create: (_, { clock }) => createOfflineAssistant({ clock }),
});
