import { bilingualWords } from '../../../core/index.js';

const en = {
  firstSound: (took: string, when: string) => `The first sound came after ${took} ${when}.`,
  percentile: 'at the 95th percentile',
  worst: 'at worst',
  underruns: (underruns: number, turns: number) => `The sound broke ${underruns} times in ${turns} turns.`,
  unanswered: (failed: number, turns: number) => `${failed} of ${turns} turns got no complete answer.`,
  stages: {
    endpoint: (took: string) => `It took ${took} to be sure that the person had finished.`,
    admission: (took: string) => `Devices waited ${took} for permission to talk, because others were talking.`,
    asr_wait: (took: string) => `The speech recognition queue waited ${took}.`,
    asr_run: (took: string) => `Speech recognition itself took ${took}.`,
    llm_first_chunk: (took: string) => `The language model took ${took} to its first sentence.`,
    tts_first_audio: (took: string) => `The voice took ${took} to its first sound.`,
  },
  took: (time: string, when: string) => `${time} ${when}`,
  inHalf: (time: string) => `${time} in half of the turns, or longer,`,
};

const zh: typeof en = {
  firstSound: (took, when) => `第一声${when} ${took}后才响起。`,
  percentile: '在 95 百分位',
  worst: '最长',
  underruns: (underruns, turns) => `${turns} 轮中声音断了 ${underruns} 次。`,
  unanswered: (failed, turns) => `${turns} 轮中有 ${failed} 轮没有得到完整的回答。`,
  stages: {
    endpoint: (took) => `判断用户说完了${took}。`,
    admission: (took) => `设备${took}才轮到对话，因为别的设备在说话。`,
    asr_wait: (took) => `语音识别排队${took}。`,
    asr_run: (took) => `语音识别本身${took}。`,
    llm_first_chunk: (took) => `大模型${took}才给出第一句。`,
    tts_first_audio: (took) => `语音合成${took}才出声。`,
  },
  took: (time, when) => `${when} ${time}`,
  inHalf: (time) => `在一半的轮次里要 ${time}或更久`,
};

export const answerAdviceWords = bilingualWords({ en, zh });
