import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    text: 'what it shall say; with --audio, what its screen shows meanwhile',
    audio: 'play this recording (WAV, MP3, Ogg or FLAC, at most 60 s)',
    expires: 'how long it is kept when the device sleeps (default 86400)',
    notSeconds: 'a number of seconds from 1 to 2592000',
  },
  said: (device: string) => `${device} says it now, or after what it is saying.`,
  kept: (device: string) => `${device} sleeps; it says it first when it wakes.`,
  asleep: (device: string) => `${device} does not say it: it sleeps.`,
  full: (device: string) => `${device} does not say it: too much waits there already.`,
  gone: (device: string) => `${device} is not known any more.`,
  nothing: 'a text or --audio is needed',
};

const zh: typeof en = {
  help: {
    text: '要说的话；与 --audio 一起时，是播放时屏幕上显示的文字',
    audio: '播放这段录音（WAV、MP3、Ogg 或 FLAC，最长 60 秒）',
    expires: '设备休眠时保留多少秒（默认 86400）',
    notSeconds: '1 到 2592000 之间的秒数',
  },
  said: (device) => `${device} 现在就说，或者说完正在说的再说。`,
  kept: (device) => `${device} 在休眠，醒来时先说这句。`,
  asleep: (device) => `${device} 不会说：它在休眠。`,
  full: (device) => `${device} 不会说：等着说的已经太多。`,
  gone: (device) => `${device} 已不存在。`,
  nothing: '需要文字或 --audio',
};

type SayWords = typeof en;
export const sayWords: Readonly<Record<UiLanguage, SayWords>> = { en, zh };
