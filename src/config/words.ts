import { bilingualWords } from '../core/index.js';

const en = {
  title: 'Chorus configuration',
  emptyOrGone: (file: string) => `${file} is empty or gone, and was not before; if that is meant, restart the server`,
};

const zh: typeof en = {
  title: 'Chorus 配置',
  emptyOrGone: (file) => `${file} 变成空的或不见了；如果这是有意的，请重启服务器`,
};

export const configWords = bilingualWords({ en, zh });
