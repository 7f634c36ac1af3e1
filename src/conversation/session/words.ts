import { bilingualWords } from '../../core/index.js';

const en = {
  usedUp: 'We have talked enough for today. See you tomorrow!',
  /** Status line of the `alert` that is sent together with the busy phrase. */
  busyStatus: 'Busy',
};

const zh: typeof en = {
  usedUp: '今天聊得够多了，我们明天再聊吧，再见！',
  busyStatus: '忙',
};

export const sessionWords = bilingualWords({ en, zh });
