import { bilingualWords } from '../../../core/index.js';

const en = {
  nothing: 'There is nothing like that.',
  cancelled: (listed: readonly string[]) => `Cancelled: ${listed.join(', ')}.`,
};

const zh: typeof en = {
  nothing: '没有这样的计时器或提醒。',
  cancelled: (listed) => `好的，取消了${listed.join('、')}。`,
};

export const reminderWords = bilingualWords({ en, zh });
