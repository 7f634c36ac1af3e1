import { bilingualWords } from '../../../core/index.js';

const en = {
  text: {
    all: (cores: string, when: string, ratio: string, recognition: string, note: string) =>
      `The bare kernels of this work take ${cores} cores${when}${ratio}.${recognition}${note}`,
    when: (before: string, after: string) => ` (${before} before the run, ${after} after)`,
    ratio: (cores: string, ratio: string) => `; the server took ${cores}, ${ratio} times as much`,
    recognition: (ms: string, runtime: string) => ` Recognition takes ${ms} ms of CPU a second of speech (${runtime}).`,
    unsteady: ' The machine was not the same before and after: the ratio says little.',
  },
  kinds: {
    asr: 'recognition',
    asr_speculative: 'recognition on a guess, not used',
    vad: 'voice activity',
    opus_decode: 'Opus from the devices',
    opus_encode: 'Opus to the devices',
    mp3_decode: 'MP3 of the voice',
  },
  limit: 'The limit: the same work and nothing else',
  against: {
    title: 'CPU of the server against its bare kernels',
    explanation:
      'The kernels were run alone, in a tight loop, as often as the server ran them. ' +
      'What the server has more is what it costs to be a server.',
  },
  cores: 'cores',
  everythingElse: 'everything else',
  bare: 'bare kernels',
  server: 'server',
  columns: { kernel: 'kernel', amount: 'amount', unit: 'unit', cpuEach: 'CPU each' },
  measured: {
    title: 'the kernels, measured',
    rounds: 'rounds',
    median: 'cores, median',
    half: 'half of the rounds',
    before: 'before the run',
    after: 'after the run',
  },
};

const zh: typeof en = {
  text: {
    all: (cores, when, ratio, recognition, note) =>
      `这些工作的裸核运算需要 ${cores} 个核${when}${ratio}。${recognition}${note}`,
    when: (before, after) => `（测试前 ${before}，测试后 ${after}）`,
    ratio: (cores, ratio) => `；服务器用了 ${cores} 个，是它的 ${ratio} 倍`,
    recognition: (ms, runtime) => `识别每秒语音用 CPU ${ms} 毫秒（${runtime}）。`,
    unsteady: '测试前后机器的状态不同：这个比值说明不了什么。',
  },
  kinds: {
    asr: '语音识别',
    asr_speculative: '提前识别但没有用上',
    vad: '语音检测',
    opus_decode: 'Opus 解码（来自设备）',
    opus_encode: 'Opus 编码（发往设备）',
    mp3_decode: '语音的 MP3 解码',
  },
  limit: '极限：只做同样的运算',
  against: {
    title: '服务器 CPU 与裸核之比较',
    explanation: '裸核单独、紧密循环地运行与服务器同样的次数；服务器多出来的部分就是作为服务器的开销。',
  },
  cores: '核',
  everythingElse: '其他',
  bare: '裸核',
  server: '服务器',
  columns: { kernel: '运算', amount: '数量', unit: '单位', cpuEach: '每个的 CPU' },
  measured: {
    title: '裸核的测量',
    rounds: '轮数',
    median: '核（中位数）',
    half: '一半的轮次',
    before: '测试前',
    after: '测试后',
  },
};

export const kernelsWords = bilingualWords({ en, zh });
