import { bilingualWords } from '../../core/index.js';

const en = {
  sentence: 'The weather is lovely today, so let us go for a walk in the park.',
};

const zh: typeof en = {
  sentence: '今天天气很好，我们一起去公园散步吧。',
};

export const selfTestWords = bilingualWords({ en, zh });
