import { bilingualWords } from '../../../core/index.js';

const en = {
  names: { shopping: 'the shopping list', todo: 'the to-do list', notes: 'your notes' },
  on: { shopping: 'On the shopping list', todo: 'On the to-do list', notes: 'Your notes' },
  noted: (_list: string, items: readonly string[]) => `All right, I noted: ${items.join('; ')}.`,
  added: (list: string, items: readonly string[]) => `All right, ${list} now has ${spoken(items)}.`,
  notThere: (list: string) => `That is not on ${list}.`,
  emptied: (list: string) => `I have emptied ${list}.`,
  removed: (list: string, items: readonly string[]) => `All right, I took ${spoken(items)} off ${list}.`,
  empty: (list: string) => `There is nothing on ${list}.`,
  has: (on: string, first: readonly string[], all: number) =>
    `${on}: ${all > first.length ? `${first.join(', ')}, and ${all - first.length} more` : spoken(first)}.`,
};

const zh: typeof en = {
  names: { shopping: '购物清单', todo: '待办清单', notes: '便签' },
  on: { shopping: '购物清单', todo: '待办清单', notes: '便签' },
  noted: (list, items) => `好的，${list}里记下了${items.join('、')}。`,
  added: (list, items) => `好的，${list}里记下了${items.join('、')}。`,
  notThere: (list) => `${list}里没有这一项。`,
  emptied: (list) => `好的，${list}清空了。`,
  removed: (_list, items) => `好的，划掉了${items.join('、')}。`,
  empty: (list) => `${list}是空的。`,
  has: (on, first, all) =>
    `${on}有${all}项：${first.join('、')}${all > first.length ? `，还有${all - first.length}项` : ''}。`,
};

function spoken(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

export const listWords = bilingualWords({ en, zh });
