import { bilingualWords } from '../../../core/index.js';

const en = {
  notInstalled: 'the espeak voice is not installed: npm install @echogarden/espeak-ng-emscripten',
  noVoice: 'espeak has no voice for this language',
  brokeOff: 'espeak broke off',
};

const zh: typeof en = {
  notInstalled: '没有安装 espeak 声音：npm install @echogarden/espeak-ng-emscripten',
  noVoice: 'espeak 没有这种语言的声音',
  brokeOff: 'espeak 中途停了',
};

export const espeakWords = bilingualWords({ en, zh });
