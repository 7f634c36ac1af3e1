import { bilingualWords } from '../../core/index.js';

const en = {
  notInstalled: (model: string) => `the model ${model} is not installed yet`,
  tooManyVoices: 'too many voices are known',
  nothingHeard: 'nothing was heard of a voice',
  noService: 'no voiceprint service is configured',
  noModel: 'voiceprint.model is not set',
  remembered: (name: string) => `The voice of ${name} is remembered.`,
  tooLittleHeard: 'Too little was heard. Ask the person for a whole sentence, then call this again.',
  sayMore: 'I heard too little of your voice. Please say it once more, in a longer sentence.',
};

const zh: typeof en = {
  notInstalled: (model) => `模型 ${model} 还没有安装`,
  tooManyVoices: '已知的声音太多',
  nothingHeard: '没有听到说话声',
  noService: '没有配置声纹服务',
  noModel: '没有设置 voiceprint.model',
  remembered: (name) => `记住了${name}的声音。`,
  tooLittleHeard: '听到的太少。请让这个人说一整句话，然后再调用一次。',
  sayMore: '你的声音我听得太少了，请再说一遍，说长一点。',
};

export const peopleWords = bilingualWords({ en, zh });
