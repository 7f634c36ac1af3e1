import { bilingualWords } from '../../../core/index.js';

const en = {
  message: (text: string) => `A message: ${ended(text) ? text : `${text}.`}`,
  messageFrom: (device: string, text: string) => `A message from ${device}: ${ended(text) ? text : `${text}.`}`,
  told: 'I have told them.',
  toldSome: 'I have told those that are awake; the others hear it as soon as they are.',
  toldNotAll: 'I have passed it on, but not everywhere: on some devices too much waits already.',
  later: (devices: number) =>
    `I will say it there as soon as ${devices === 1 ? 'that device is' : 'those devices are'} awake.`,
};

const zh: typeof en = {
  message: (text) => `捎话：${ended(text) ? text : `${text}。`}`,
  messageFrom: (device, text) => `${device}捎话：${ended(text) ? text : `${text}。`}`,
  told: '好的，已经说了。',
  toldSome: '好的，醒着的设备已经说了，其他的醒来就说。',
  toldNotAll: '已经转达，但没有全部送到：有的设备等着播报的内容太多了。',
  later: () => '好的，等那边的设备醒来就说。',
};

const ended = (text: string): boolean => /[.!?。！？]$/u.test(text);

export const messageWords = bilingualWords({ en, zh });
