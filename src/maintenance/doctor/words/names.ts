import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'DNS: the hosts of the configured services and of the public address',
  issues: {
    failed: {
      title: 'The name of a configured service cannot be resolved.',
      cause: 'No name server answers, it does not know the name, or the name is misspelt. Connections to it time out.',
      remedy:
        'Check the spelling, /etc/resolv.conf and the internet connection; ' +
        'in a container set `dns:` in compose. Without internet choose a local voice and the offline assistant.',
    },
    slow: {
      title: 'Names are resolved slowly.',
      cause: 'The first name server of /etc/resolv.conf does not answer, and the next is asked after a wait.',
      remedy: 'Put a name server first that answers; every new connection to a service waits for it.',
    },
  },
  unresolved: (host: string, key: string, error: string, seconds: number) =>
    `${host} (${key}): ${error === 'TIMEOUT' ? `no answer within ${seconds} s` : error}.`,
  slow: (host: string, ms: number) => `${host} took ${ms} ms.`,
  none: 'no name is needed',
};

const zh: typeof en = {
  about: 'DNS：所配置服务和公网地址的域名',
  issues: {
    failed: {
      title: '无法解析所配置服务的域名。',
      cause: 'DNS 没有响应、不认识这个域名，或域名写错了。与它的连接会超时。',
      remedy: '检查拼写、/etc/resolv.conf 和网络；在容器里可在 compose 设 `dns:`。没有网络请选本地语音和离线助手。',
    },
    slow: {
      title: '域名解析很慢。',
      cause: '/etc/resolv.conf 里第一个 DNS 没有响应，等待之后才问下一个。',
      remedy: '把能响应的 DNS 放在第一位；每个新连接都要等它。',
    },
  },
  unresolved: (host, key, error, seconds) =>
    `${host}（${key}）：${error === 'TIMEOUT' ? `${seconds} 秒内没有响应` : error}。`,
  slow: (host, ms) => `${host} 用了 ${ms} 毫秒。`,
  none: '不需要域名',
};

export const namesWords = bilingualWords({ en, zh });
