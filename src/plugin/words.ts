import { bilingualWords } from '../core/index.js';

const en = { noAnswer: (plugin: string) => `the plug-in ${plugin} did not answer in time` };

const zh: typeof en = { noAnswer: (plugin) => `插件 ${plugin} 没有及时回答` };

export const pluginWords = bilingualWords({ en, zh });
