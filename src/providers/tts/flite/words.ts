import { bilingualWords } from '../../../core/index.js';

const en = {
  cannotLoad: 'the flite voice cannot be loaded',
  brokeOff: 'flite broke off',
  ended: (code: number) => `flite ended with code ${code}`,
  noWav: 'flite wrote something that is not its WAV',
};

const zh: typeof en = {
  cannotLoad: 'flite 声音无法加载',
  brokeOff: 'flite 中途停了',
  ended: (code) => `flite 退出，代码 ${code}`,
  noWav: 'flite 写出的不是 WAV',
};

export const fliteWords = bilingualWords({ en, zh });
