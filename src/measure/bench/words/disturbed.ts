import { bilingualWords } from '../../../core/index.js';

const en = {
  standInsLate: (ms: number) => `the stand-ins were late themselves: p99 ${ms} ms`,
  otherPrograms: (cores: string) => `other programs on this machine used ${cores} cores meanwhile`,
  found: (reasons: string) => `The measurement cannot be used: ${reasons}.`,
  tooFewTurns: 'too few turns for a percentile',
  tooFew: (count: number, least: number) => `too few turns for a percentile: ${count} of ${least}`,
};

const zh: typeof en = {
  standInsLate: (ms) => `替身自己迟了：p99 ${ms} 毫秒`,
  otherPrograms: (cores) => `其间本机上的其他程序用了 ${cores} 个核`,
  found: (reasons) => `这次测量不能作数：${reasons}。`,
  tooFewTurns: '对话太少，不能算百分位',
  tooFew: (count, least) => `对话太少，不能算百分位：${count} 次，需要 ${least} 次`,
};

export const disturbedWords = bilingualWords({ en, zh });
