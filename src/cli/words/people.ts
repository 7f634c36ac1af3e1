import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    list: 'who is known',
    add: 'keep a voice from a WAV file with 1 to 10 s of speech',
    rename: 'give a person another name',
    forget: 'forget a person and the voice, for good',
    wipe: 'remove what is remembered about a person, and the turns in which the person spoke, for good',
    voice: 'the voice, too; without this option it stays known',
    who: 'the name, or the id',
    name: 'the name',
    file: 'a WAV file',
    after: `
A person can also say: "Remember my voice, I am Anna."

Example:
  chorus people add Anna anna.wav
  chorus people forget Anna
  chorus people wipe Anna --voice`,
  },
  none: 'Nobody is known. See voiceprint.model.',
  off: 'Neither voiceprint.model nor voiceprint.url is set: nobody is told apart.',
  columns: { id: 'ID', name: 'NAME', day: 'SINCE' },
  added: (name: string) => `The voice of ${name} is known.`,
  renamed: (name: string) => `The name is ${name} now.`,
  forgotten: (name: string) => `${name} is forgotten.`,
  wiped: (name: string, memories: number, turns: number, voice: boolean) =>
    `Removed of ${name}: ${memories} ${memories === 1 ? 'memory' : 'memories'}, ` +
    `${turns} ${turns === 1 ? 'turn' : 'turns'}${voice ? ', the voice' : ''}.`,
};

const zh: typeof en = {
  help: {
    list: '认识谁',
    add: '用 WAV 文件（1 到 10 秒的说话声）保存一个声音',
    rename: '给一个人改名',
    forget: '忘掉一个人和他的声音，不可恢复',
    wipe: '删除关于一个人的记忆，以及他说过话的对话记录，不可恢复',
    voice: '连声音一起删除；不加这个选项则仍然认识他的声音',
    who: '名字或编号',
    name: '名字',
    file: 'WAV 文件',
    after: `
也可以由本人说：“记住我的声音，我是安娜。”

例子：
  chorus people add 安娜 anna.wav
  chorus people forget 安娜
  chorus people wipe 安娜 --voice`,
  },
  none: '还不认识任何人。见 voiceprint.model。',
  off: '没有设置 voiceprint.model 或 voiceprint.url：不区分说话的人。',
  columns: { id: '编号', name: '名字', day: '日期' },
  added: (name) => `已认识${name}的声音。`,
  renamed: (name) => `名字改为${name}。`,
  forgotten: (name) => `已忘掉${name}。`,
  wiped: (name, memories, turns, voice) =>
    `已删除${name}的 ${memories} 条记忆、${turns} 条对话记录${voice ? '和声音' : ''}。`,
};

export const peopleWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
