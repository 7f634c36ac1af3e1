import { bilingualWords } from '../../core/index.js';

const en = {
  seconds: (number: string) => `${number} s`,
  ms: (number: string) => `${number} ms`,
  at_most: (limit: string) => `at most ${limit}`,
  below: (limit: string) => `below ${limit}`,
  at_least: (limit: string) => `at least ${limit}`,
  listed: (all: readonly string[]) => all.join('; '),
};

const zh: typeof en = {
  seconds: (number) => `${number} 秒`,
  ms: (number) => `${number} 毫秒`,
  at_most: (limit) => `至多 ${limit}`,
  below: (limit) => `低于 ${limit}`,
  at_least: (limit) => `至少 ${limit}`,
  listed: (all) => all.join('；'),
};

export const quantityWords = bilingualWords({ en, zh });
