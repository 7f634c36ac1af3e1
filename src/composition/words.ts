import { bilingualWords } from '../core/index.js';

const en = {
  sentence: 'The weather is lovely today, so let us go for a walk in the park.',
  notInstalled: (model: string) => `the model ${model} is not installed yet`,
};

const zh: typeof en = {
  sentence: '今天天气很好，我们一起去公园散步吧。',
  notInstalled: (model) => `模型 ${model} 还没有安装`,
};

export const compositionWords = bilingualWords({ en, zh });
