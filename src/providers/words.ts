import { bilingualWords } from '../core/index.js';

const en = { leftAlone: 'asked to be left alone for a while' };

const zh: typeof en = { leftAlone: '要求暂缓请求' };

export const providerWords = bilingualWords({ en, zh });
