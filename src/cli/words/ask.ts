import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    text: 'what it shall ask; with --audio, what its screen shows meanwhile',
    audio: 'play this recorded question (WAV, MP3, Ogg or FLAC, at most 60 s)',
    wait: 'how long to wait for the answer (default 30)',
    notSeconds: 'a number of seconds from 1 to 120',
  },
  silent: (device: string) => `${device} asked, and nobody answered.`,
  asksAlready: (device: string) => `${device} already asks something else.`,
  notAsked: (device: string) => `${device} could not ask: it sleeps, or was busy all the time.`,
};

const zh: typeof en = {
  help: {
    text: '要问的话；与 --audio 一起时，是播放时屏幕上显示的文字',
    audio: '播放这段录好的问题（WAV、MP3、Ogg 或 FLAC，最长 60 秒）',
    wait: '等回答多少秒（默认 30）',
    notSeconds: '1 到 120 之间的秒数',
  },
  silent: (device) => `${device} 问了，没有人回答。`,
  asksAlready: (device) => `${device} 正在问别的问题。`,
  notAsked: (device) => `${device} 没能问：它在休眠，或一直在忙。`,
};

type AskWords = typeof en;
export const askWords: Readonly<Record<UiLanguage, AskWords>> = { en, zh };
