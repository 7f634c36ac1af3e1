import { bilingualWords } from '../../core/index.js';

const en = {
  remembered: 'I will remember that.',
  nothing: 'Nothing of that kind is remembered.',
  forgotten: (fact: string) => `Forgotten: ${fact}`,
  forgottenAll: (count: number) => `${count} were forgotten.`,
  keptByDevice: 'the memory service cannot forget a person; all else is forgotten',
};

const zh: typeof en = {
  remembered: '记住了。',
  nothing: '没有记住这样的事。',
  forgotten: (fact) => `已经忘掉：${fact}`,
  forgottenAll: (count) => `忘掉了 ${count} 条。`,
  keptByDevice: '记忆服务不能按人忘掉；其余的都已忘掉',
};

export const memoryWords = bilingualWords({ en, zh });
