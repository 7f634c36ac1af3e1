import type { UiLanguage } from '../../core/index.js';

/** Texts of `chorus ask`. */
const en = {
  help: {
    device:
      'MAC address of the device, the beginning or the end of it, or its name; with * all that fit, such as "Class 3*"',
    text: 'what it shall ask; with --audio, what its screen shows meanwhile',
    audio: 'play this recorded question (WAV, MP3, Ogg or FLAC, at most 60 s)',
    now: 'interrupt what the device is saying',
    wait: 'how long to wait for the answer (default 30)',
    notSeconds: 'a number of seconds from 1 to 120',
  },
  silent: (device: string) => `${device} asked, and nobody answered.`,
  asksAlready: (device: string) => `${device} already asks something else.`,
  notAsked: (device: string) => `${device} could not ask: it sleeps, or was busy all the time.`,
};

const zh: typeof en = {
  help: {
    device: '设备的 MAC 地址，它的开头或结尾，或者名字；带 * 表示所有符合的设备，例如 "三班*"',
    text: '要问的话；与 --audio 一起时，是播放时屏幕上显示的文字',
    audio: '播放这段录好的问题（WAV、MP3、Ogg 或 FLAC，最长 60 秒）',
    now: '打断设备正在说的话',
    wait: '等回答多少秒（默认 30）',
    notSeconds: '1 到 120 之间的秒数',
  },
  silent: (device) => `${device} 问了，没有人回答。`,
  asksAlready: (device) => `${device} 正在问别的问题。`,
  notAsked: (device) => `${device} 没能问：它在休眠，或一直在忙。`,
};

type AskWords = typeof en;
export const askWords: Readonly<Record<UiLanguage, AskWords>> = { en, zh };
