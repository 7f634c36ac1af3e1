import type { UiLanguage } from '../../core/index.js';

/** Texts of `chorus say`. */
const en = {
  help: {
    device:
      'MAC address of the device, the beginning or the end of it, or its name; with * all that fit, such as "Class 3*"',
    text: 'what it shall say; with --audio, what its screen shows meanwhile',
    audio: 'play this recording (WAV, MP3, Ogg or FLAC, at most 60 s)',
    now: 'interrupt what the device is saying',
    expires: 'how long it is kept when the device sleeps (default 86400)',
    notSeconds: 'a number of seconds from 1 to 2592000',
  },
  said: (device: string) => `${device} says it now, or after what it is saying.`,
  kept: (device: string) => `${device} sleeps; it says it first when it wakes.`,
  full: (device: string) => `${device} does not say it: too much waits there already.`,
  gone: (device: string) => `${device} is not known any more.`,
  noFile: (file: string) => `${file} cannot be read`,
  nothing: 'a text or --audio is needed',
};

const zh: typeof en = {
  help: {
    device: '设备的 MAC 地址，它的开头或结尾，或者名字；带 * 表示所有符合的设备，例如 "三班*"',
    text: '要说的话；与 --audio 一起时，是播放时屏幕上显示的文字',
    audio: '播放这段录音（WAV、MP3、Ogg 或 FLAC，最长 60 秒）',
    now: '打断设备正在说的话',
    expires: '设备休眠时保留多少秒（默认 86400）',
    notSeconds: '1 到 2592000 之间的秒数',
  },
  said: (device) => `${device} 现在就说，或者说完正在说的再说。`,
  kept: (device) => `${device} 在休眠，醒来时先说这句。`,
  full: (device) => `${device} 不会说：等着说的已经太多。`,
  gone: (device) => `${device} 已不存在。`,
  noFile: (file) => `${file} 无法读取`,
  nothing: '需要文字或 --audio',
};

type SayWords = typeof en;
export const sayWords: Readonly<Record<UiLanguage, SayWords>> = { en, zh };
