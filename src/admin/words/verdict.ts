import { bilingualWords } from '../../core/index.js';

const en = {
  noAnswer: 'No answer.',
  failed: (cause: string) => `No answer: ${cause}`,
  busy: 'Turned away: as many devices talked as the server carries.',
  notUnderstood: 'Nothing was understood.',
  noSpeech: 'No speech, or given up.',
  overheard: {
    echo: 'Not answered: its own echo.',
    language: 'Not answered: not a text of its language.',
    background: 'Not answered: far quieter than usual, so talk in the background.',
    noise: 'Not answered: a single word made of noise.',
    unaddressed: 'Not answered: it only waited for a timer, and its wake word was not said.',
  },
  stuttered: (times: number, silence: string) =>
    `Stuttered ${times === 1 ? 'once' : `${times} times`}, ${silence} of silence.`,
  interrupted: 'Smooth, and interrupted by the user.',
  smooth: 'Smooth.',
  waited: (time: string) => `It waited ${time} because other devices talked.`,
  slowRecognition: (time: string) => `Recognition is slow: ${time} after the end of speech.`,
  slowModel: (time: string) => `The language model is slow: ${time} to its first sentence.`,
  slowVoice: (time: string) => `The voice is slow: ${time} to its first sound.`,
  milliseconds: (ms: number) => `${ms} ms`,
  seconds: (seconds: string) => `${seconds} s`,
};

const zh: typeof en = {
  noAnswer: '没有得到回答。',
  failed: (cause) => `没有得到回答：${cause}`,
  busy: '没有轮到：同时对话的设备已满。',
  notUnderstood: '没有听懂。',
  noSpeech: '没有说话，或中途放弃。',
  overheard: {
    echo: '没有回答：是设备自己的回声。',
    language: '没有回答：不是这种语言的文字。',
    background: '没有回答：比平时轻得多，是背景里的说话声。',
    noise: '没有回答：只是由噪声得出的一个词。',
    unaddressed: '没有回答：它只在等计时器到点，话里没有唤醒词。',
  },
  stuttered: (times, silence) => `卡顿 ${times} 次，共静默 ${silence}。`,
  interrupted: '流畅，被用户打断。',
  smooth: '流畅。',
  waited: (time) => `别的设备在说话，等了 ${time}。`,
  slowRecognition: (time) => `识别慢：说完后 ${time}才得到文字。`,
  slowModel: (time) => `大模型慢：${time}才说出第一句。`,
  slowVoice: (time) => `语音合成慢：${time}才出声。`,
  milliseconds: (ms) => `${ms} 毫秒`,
  seconds: (seconds) => `${seconds} 秒`,
};

export const verdictWords = bilingualWords({ en, zh });
