import { bilingualWords } from '../../../core/index.js';

const en = {
  nothing: 'There is nothing like that.',
  toldOnWaking: ' If I sleep then, I tell you when you wake me.',
  cancelled: (listed: readonly string[]) => `Cancelled: ${listed.join(', ')}.`,
};

const zh: typeof en = {
  nothing: '没有这样的计时器或提醒。',
  toldOnWaking: '如果那时我休眠了，会在你唤醒我时告诉你。',
  cancelled: (listed) => `好的，取消了${listed.join('、')}。`,
};

export const reminderWords = bilingualWords({ en, zh });
