import { bilingualWords } from '../../../core/index.js';

const en = {
  unlocked: (name: string) => `${name}: unlocked.`,
};

const zh: typeof en = {
  unlocked: (name) => `${name}开锁了。`,
};

export const homeWords = bilingualWords({ en, zh });
