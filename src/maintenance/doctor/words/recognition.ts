import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Recognition services that are configured, where they can be asked: reached, and what they offer',
  issues: {
    unreachable: {
      cause:
        'It does not run, its address or key is wrong, or a firewall is in between. ' +
        'Meanwhile the next recogniser steps in.',
    },
  },
};

const zh: typeof en = {
  about: '所配置的语音识别服务（可以询问的）：能否连上，提供什么',
  issues: { unreachable: { cause: '它没有运行、地址或密钥不对，或中间有防火墙。其间由下一个识别顶上。' } },
};

export const recognitionWords = bilingualWords({ en, zh });
