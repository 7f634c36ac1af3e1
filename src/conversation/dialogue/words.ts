import { bilingualWords } from '../../core/index.js';

const en = {
  noWord: 'the model answered without a word to say',
  done: 'Done.',
  language: 'English',
  unknown: '(unknown)',
  weatherAtTheEnd: '(the weather is given at the end)',
  ask: (tool: string) => `(ask ${tool})`,
  atTheEnd: {
    time: '(the time is given at the end)',
    person: '(who is talking is given at the end)',
    memory: '(what you remember is given at the end)',
  },
};

const zh: typeof en = {
  noWord: '模型的回答里没有一句可说的话',
  done: '好了。',
  language: '中文',
  unknown: '（未知）',
  weatherAtTheEnd: '（天气见最后）',
  ask: (tool) => `（用 ${tool} 查）`,
  atTheEnd: { time: '（时间见最后）', person: '（说话的人见最后）', memory: '（你记得的事见最后）' },
};

export const dialogueWords = bilingualWords({ en, zh });
