import { bilingualWords } from '../../core/index.js';

const en = {
  noSoundInTime: 'no sound within 30 s',
  noSound: 'there was no sound',
  noVoice: (language: string) => `no voice of this machine speaks ${language}`,
};

const zh: typeof en = {
  noSoundInTime: '30 秒内没有出声',
  noSound: '没有声音',
  noVoice: (language) => `本机没有会说 ${language} 的声音`,
};

export const setupTrialWords = bilingualWords({ en, zh });
