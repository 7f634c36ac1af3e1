import { bilingualWords } from '../../core/index.js';

const en = {
  notChorus: (url: string) => `what answers at ${url} is no Chorus server`,
  silent: (url: string, seconds: number) => `${url} did not answer within ${seconds} seconds`,
};

const zh: typeof en = {
  notChorus: (url) => `${url} 上回答的不是 Chorus 服务器`,
  silent: (url, seconds) => `${url} 在 ${seconds} 秒内没有回答`,
};

export const observerWords = bilingualWords({ en, zh });
