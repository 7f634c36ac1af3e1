import { bilingualWords } from '../../core/index.js';

const en = {
  budgetUsedUp: 'the budget of the day is used up',
  spent: 'The budget for today is used up. Let us talk again tomorrow.',
};

const zh: typeof en = { budgetUsedUp: '今天的预算已经用完', spent: '今天的预算用完了，我们明天再聊吧。' };

export const costWords = bilingualWords({ en, zh });
