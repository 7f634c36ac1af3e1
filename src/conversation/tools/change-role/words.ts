import { bilingualWords } from '../../../core/index.js';

const en = {
  assistant: 'Assistant',
  changed: (role: string) => `All right, here comes ${role}.`,
  change: (roles: readonly string[]) =>
    `Lets another character talk with the user. Only when the user asks for it. There are: ${roles.join(', ')}`,
  handOff: (roles: readonly string[]) =>
    'Passes the conversation on, with a summary, when what the user wants is clearly the task of another ' +
    `character. There are: ${roles.join(', ')}`,
  summary: 'Two or three sentences for it: what the user wants, and what was said so far',
};

const zh: typeof en = {
  assistant: '助手',
  changed: (role) => `好的，接下来由${role}陪你。`,
  change: (roles) => `换一个角色来和用户对话。用户明确要求换成某个角色时才调用。可以换成：${roles.join('、')}`,
  handOff: (roles) => `用户要的事明显属于另一个角色时，把对话连同摘要交给它。可以交给：${roles.join('、')}`,
  summary: '给它的两三句话：用户要什么，谈到了哪里',
};

export const roleWords = bilingualWords({ en, zh });
