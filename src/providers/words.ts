import { bilingualWords } from '../core/index.js';

const en = {
  leftAlone: 'asked to be left alone for a while',
  tooManyRequests: (service: string, perMinute: number | undefined, seconds: number) =>
    `the ${service} takes ${perMinute} requests a minute; the next one may begin in ${seconds} s`,
};

const zh: typeof en = {
  leftAlone: '要求暂缓请求',
  tooManyRequests: (_service, perMinute, seconds) =>
    `该服务每分钟只接受 ${perMinute} 个请求，${seconds} 秒后才能再请求`,
};

export const providerWords = bilingualWords({ en, zh });
