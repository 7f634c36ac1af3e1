import { bilingualWords } from '../core/index.js';

const en = {
  stepTooLong: 'a step of the recognition takes too long',
  noModel: (language: string) => `no speech model for ${language} is installed`,
  notRecognised: (timeoutMs: number) => `speech was not recognised within ${timeoutMs} ms`,
  notUnderstood: (service: string, mostMs: number) => `${service} has not understood the speech within ${mostMs} ms`,
  noAudioInTime: 'no audio came in time',
  stalled: 'the audio stalled',
  endless: 'the voice does not come to an end',
  allOutOfOrder: 'every voice for the language is out of order',
  noVoice: 'no voice speaks the language',
  cannotLoad: (engine: string) => `the voice ${engine} cannot be loaded`,
  notAsked: (service: string) => `${service} is not asked now`,
  recording: {
    unreadable: (why: string) => `the recording cannot be read: ${why}`,
    tooLong: (why: string) => `the recording is too long: ${why}`,
    empty: 'the file is empty',
    otherKind: 'the file is not WAV, MP3, Ogg or FLAC',
    damaged: 'it is damaged',
    noSound: 'there is no sound in it',
    seconds: (most: number) => `it has more than ${most} seconds`,
    megabytes: (most: number) => `the file has more than ${most} MB`,
    waiting: 'too many recordings are waiting',
    tooMuchWork: 'decoding it took too long or too much memory',
  },
};

const zh: typeof en = {
  stepTooLong: '语音识别的一步花了太长时间',
  noModel: (language) => `没有安装识别 ${language} 的模型`,
  notRecognised: (timeoutMs) => `${timeoutMs} 毫秒内没有识别完`,
  notUnderstood: (service, mostMs) => `${service} 在 ${mostMs} 毫秒内没有识别完`,
  noAudioInTime: '没有及时收到声音',
  stalled: '声音中途停住了',
  endless: '这个声音说个不停',
  allOutOfOrder: '会说这种语言的声音都用不了',
  noVoice: '没有会说这种语言的声音',
  cannotLoad: (engine) => `声音 ${engine} 无法加载`,
  notAsked: (service) => `现在不问 ${service}`,
  recording: {
    unreadable: (why) => `录音读不出来：${why}`,
    tooLong: (why) => `录音太长：${why}`,
    empty: '文件是空的',
    otherKind: '文件不是 WAV、MP3、Ogg 或 FLAC',
    damaged: '文件已损坏',
    noSound: '里面没有声音',
    seconds: (most) => `超过 ${most} 秒`,
    megabytes: (most) => `文件超过 ${most} MB`,
    waiting: '等待处理的录音太多',
    tooMuchWork: '解码花了太多时间或内存',
  },
};

export const speechWords = bilingualWords({ en, zh });
