import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    list: 'what is remembered, newest first',
    past: 'also what was replaced since',
    forget: 'forget one by its id, or those of a device, an agent or a person, for good',
    export: 'everything that is remembered, with what was replaced, as JSON',
    edit: 'correct one',
    person: 'only about the person of this name',
    all: 'everything of everybody',
    text: 'the new text',
    after: `
Example:
  chorus memory list --device kitchen
  chorus memory forget --person Mia`,
  },
  none: 'Nothing is remembered. See memory.kind, and the memory of an agent.',
  anybody: '-',
  columns: { id: 'ID', day: 'SINCE', device: 'DEVICE', agent: 'AGENT', about: 'ABOUT', text: 'WHAT' },
  forgotten: (n: number) => (n === 1 ? '1 is forgotten.' : `${n} are forgotten.`),
  edited: 'It is corrected.',
};

const zh: typeof en = {
  help: {
    list: '记住了什么，从新到旧',
    past: '也列出后来被替换的',
    forget: '按编号忘掉一条，或忘掉某台设备、某个智能体、某个人的全部，不可恢复',
    export: '把记住的一切（包括被替换的）导出为 JSON',
    edit: '更正一条',
    person: '只限关于这个人的',
    all: '所有人的一切',
    text: '新的内容',
    after: `
例子：
  chorus memory list --device kitchen
  chorus memory forget --person 小美`,
  },
  none: '没有记住任何事。见 memory.kind，以及智能体的记忆一项。',
  anybody: '-',
  columns: { id: '编号', day: '日期', device: '设备', agent: '智能体', about: '关于', text: '内容' },
  forgotten: (n) => `已忘掉 ${n} 条。`,
  edited: '已更正。',
};

export const memoryWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
