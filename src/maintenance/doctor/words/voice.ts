import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Voice services that are configured: reached, key accepted, and how long it took',
  issues: {
    unreachable: {
      cause:
        'No internet, or a firewall or proxy in between. ' +
        'Meanwhile a voice of this machine speaks, if it has one for the language.',
    },
    refused: { title: 'The voice service refuses.' },
    slow: {
      title: 'The voice service is slow.',
      cause: 'A long or bad way to it.',
      remedy: 'Choose a local voice, or a service that is nearer.',
    },
  },
  slow: (service: string, host: string, ms: number) => `${service} (${host}): connected after ${ms} ms.`,
  together: (texts: readonly string[]) => texts.join(' '),
};

const zh: typeof en = {
  about: '所配置的语音合成服务：能否连上、密钥是否有效，以及用时',
  issues: {
    unreachable: { cause: '没有网络，或中间有防火墙、代理。其间由本机语音合成代替（如果它会这种语言）。' },
    refused: { title: '语音合成服务拒绝请求。' },
    slow: { title: '语音合成服务很慢。', cause: '网络路径太长或太差。', remedy: '选本地语音或更近的服务。' },
  },
  slow: (service, host, ms) => `${service}（${host}）：${ms} 毫秒才连上。`,
  together: (texts) => texts.join(''),
};

export const voiceWords = bilingualWords({ en, zh });
