import { bilingualWords } from '../../core/index.js';

const en = {
  noSound: 'the voice made no sound',
  notInstalled: (voice: string) => `the voice ${voice} is not installed yet`,
  sentNoSound: 'sent no sound',
  notBegun: (ms: number) => `the voice has not begun within ${ms} ms`,
  outOfReach: (service: string) => `the ${service} voice service is out of reach`,
  probeTooLong: 'the probe took too long',
};

const zh: typeof en = {
  noSound: '这个声音没有出声',
  notInstalled: (voice) => `声音 ${voice} 还没有安装`,
  sentNoSound: '没有发来声音',
  notBegun: (ms) => `这个声音 ${ms} 毫秒内没有开口`,
  outOfReach: (service) => `连不上语音服务 ${service}`,
  probeTooLong: '语音服务很久没有回应',
};

export const ttsWords = bilingualWords({ en, zh });
