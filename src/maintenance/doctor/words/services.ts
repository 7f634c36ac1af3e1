import { bilingualWords } from '../../../core/index.js';

const en = {
  answer: (took: string, offer: string) => `${took}, ${offer}`,
  noAnswer: (seconds: number) => `no answer within ${seconds} s`,
  failed: (service: string, host: string, failure: string) => `${service} (${host}): ${failure}`,
  answers: (texts: readonly string[]) => texts.join('; '),
};

const zh: typeof en = {
  answer: (took, offer) => `${took}，${offer}`,
  noAnswer: (seconds) => `${seconds} 秒内没有回答`,
  failed: (service, host, failure) => `${service}（${host}）：${failure}`,
  answers: (texts) => texts.join('；'),
};

export const serviceWords = bilingualWords({ en, zh });
