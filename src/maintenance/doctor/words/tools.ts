import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Built-in tools: which are offered, and why others are not',
  issues: {
    incomplete: {
      title: 'A tool has settings and lacks one that it needs.',
      cause: 'It is not offered to the language model.',
      remedy: 'Set what is missing below `tools`, or take its settings away (docs/skills.md).',
    },
  },
  why: (group: string, missing: string) => `${group} (${missing})`,
  incomplete: (why: string) => `${why}.`,
  allOffered: 'All are offered.',
  notOffered: (groups: readonly string[]) => `Not offered: ${groups.join(', ')}.`,
};

const zh: typeof en = {
  about: '内置工具：提供哪些，其他的为什么没有提供',
  issues: {
    incomplete: {
      title: '某个工具有设置，但缺少必需的一项。',
      cause: '它不会提供给大模型。',
      remedy: '在 `tools` 下面补上缺少的设置，或去掉它的设置（docs/skills.zh-CN.md）。',
    },
  },
  why: (group, missing) => `${group}（${missing}）`,
  incomplete: (why) => `${why}。`,
  allOffered: '全部提供。',
  notOffered: (groups) => `未提供：${groups.join('、')}。`,
};

export const toolsWords = bilingualWords({ en, zh });
