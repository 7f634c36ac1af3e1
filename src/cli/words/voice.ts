import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    preview: 'let a voice of the running server say a sentence: played here, or written as WAV',
    id: 'a value of tts.provider',
    text: 'what it says; default: a greeting',
    voice: 'one of its voices, as in tts.voice',
    language: 'a language tag, zh-CN for example',
    out: 'write the sound to this file in place of playing it',
    after: `
Example:
  chorus voice preview edge "Good morning" --language en-US --out morning.wav`,
  },
  written: (file: string) => `Written to ${file}.`,
  noSound: 'the server sent no sound',
};

const zh: typeof en = {
  help: {
    preview: '让正在运行的服务器的一个声音说一句话：在这里播放，或写成 WAV 文件',
    id: 'tts.provider 的一个值',
    text: '说什么；默认是一句问候',
    voice: '它的某个声音，同 tts.voice',
    language: '语言标签，例如 zh-CN',
    out: '写到这个文件，而不是播放',
    after: `
示例：
  chorus voice preview edge "早上好" --language zh-CN --out morning.wav`,
  },
  written: (file: string) => `已写到 ${file}。`,
  noSound: '服务器没有发来声音',
};

export const voiceWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
