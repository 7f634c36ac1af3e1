import { bilingualWords } from '../../../core/index.js';

const en = {
  firstSound: (took: string, when: string) => `The first sound came after ${took} ${when}.`,
  othersFirst: (share: string) => `Other programs had ${share} of the CPU meanwhile: that comes first.`,
  percentile: 'at the 95th percentile',
  worst: 'at worst',
  underruns: (underruns: number, turns: number) => `The sound broke ${underruns} times in ${turns} turns.`,
  cpuShort: (share: string) =>
    `The CPU was short (${share} busy): voices could not be made as fast as they are spoken.`,
  unanswered: (failed: number, turns: number) => `${failed} of ${turns} turns got no complete answer.`,
  heard: (excuse: string) => `The devices heard: “${excuse}”`,
  seeErrors: 'docs/errors.md says what it is and what to do.',
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
  endedIn: (turns: number, code: string, remedy: string) =>
    `${turns} ${turns === 1 ? 'turn' : 'turns'} ended in \`${code}\`: ${remedy}`,
};

const zh: typeof en = {
  firstSound: (took, when) => `第一声${when} ${took}后才响起。`,
  othersFirst: (share) => `当时其他程序占了 ${share} 的 CPU：先解决它。`,
  percentile: '在 95 百分位',
  worst: '最长',
  underruns: (underruns, turns) => `${turns} 轮中声音断了 ${underruns} 次。`,
  cpuShort: (share) => `CPU 不够（${share} 在忙）：声音来不及合成。`,
  unanswered: (failed, turns) => `${turns} 轮中有 ${failed} 轮没有得到完整的回答。`,
  heard: (excuse) => `设备听到的是：“${excuse}”`,
  seeErrors: 'docs/errors.zh-CN.md 里写了它是什么、怎么办。',
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
  endedIn: (turns, code, remedy) => `${turns} 轮以 \`${code}\` 结束：${remedy}`,
};

export const answerAdviceWords = bilingualWords({ en, zh });
