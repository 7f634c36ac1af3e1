import { bilingualWords } from '../../core/index.js';

const en = {
  tooLong: 'the model took too long to look at the picture',
  noModel: 'no model looks at pictures',
  silent: 'the model said nothing about the picture',
};

const zh: typeof en = { tooLong: '模型看图用时太久', noModel: '没有配置看图的模型', silent: '模型对图片什么也没说' };

export const visionWords = bilingualWords({ en, zh });
