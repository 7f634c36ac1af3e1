import { bilingualWords } from '../../core/index.js';

const en = {
  notInstalled: (model: string) => `the model ${model} is not installed yet`,
};

const zh: typeof en = {
  notInstalled: (model) => `模型 ${model} 还没有安装`,
};

export const peopleWords = bilingualWords({ en, zh });
