import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Realtime models that agents may choose: reached, and the key and the model are taken',
  issues: {
    unusable: {
      title: 'A realtime model cannot be used.',
      cause:
        'The key, the model, the address or the network. ' +
        'Meanwhile recognition, language model and voice serve its agents.',
    },
  },
  none: 'none is offered',
};

const zh: typeof en = {
  about: '智能体可以选用的实时语音模型：能否连上，是否接受密钥和模型',
  issues: {
    unusable: {
      title: '有一个实时语音模型用不了。',
      cause: '密钥、模型、地址或网络有问题。其间由识别、大模型和声音为它的智能体服务。',
    },
  },
  none: '没有提供',
};

export const realtimeWords = bilingualWords({ en, zh });
