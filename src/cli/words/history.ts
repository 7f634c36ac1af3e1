import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    list: 'the last turns in the database',
    export: 'all turns, oldest first',
    forget: 'remove the turns of a device, an agent or a person, one turn, or all of them, with their sound, for good',
    person: 'only those in which the person of this name spoke',
    all: 'the turns of everybody',
    turn: 'only the turn of this id (in the export with --format json)',
    audioFolder: 'also write the sound into this folder, as Ogg Opus',
    format: 'md: Markdown to read; json: with every field',
    after: `
What people said is in it only with history.transcripts, their sound only with history.audio.

Example:
  chorus history export --device kitchen --format md --out kitchen.md
  chorus history export --audio recordings --out history.md
  chorus history forget --agent pirate`,
  },
  none: 'No turns are kept.',
  user: 'User:',
  assistant: 'Answer:',
  notKept: '(not kept)',
  tools: 'tools',
  sources: 'sources',
  audio: 'sound',
  outcome: (outcome: string, code: string | undefined) => `(${code === undefined ? outcome : `${outcome}, ${code}`})`,
  forgotten: (n: number) => (n === 1 ? '1 turn is removed.' : `${n} turns are removed.`),
};

const zh: typeof en = {
  help: {
    list: '数据库里最近的对话',
    export: '全部对话，从旧到新',
    forget: '删除某台设备、某个智能体、某个人、某一轮或全部的对话记录，连同声音，不可恢复',
    person: '只限这个人说过话的',
    all: '所有人的对话记录',
    turn: '只限这个编号的一轮（用 --format json 导出时可见）',
    audioFolder: '同时把声音写到这个文件夹，格式为 Ogg Opus',
    format: 'md：便于阅读的 Markdown；json：包含所有字段',
    after: `
打开 history.transcripts 后才有人说的话，打开 history.audio 后才有声音。

例子：
  chorus history export --device kitchen --format md --out kitchen.md
  chorus history export --audio recordings --out history.md
  chorus history forget --agent pirate`,
  },
  none: '没有保存对话记录。',
  user: '用户：',
  assistant: '回答：',
  notKept: '（未保存）',
  tools: '工具',
  sources: '依据',
  audio: '声音',
  outcome: (outcome, code) => `（${code === undefined ? outcome : `${outcome}，${code}`}）`,
  forgotten: (n) => `已删除 ${n} 条。`,
};

export const historyWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
