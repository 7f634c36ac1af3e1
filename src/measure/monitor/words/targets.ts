import { bilingualWords } from '../../../core/index.js';

const en = {
  times: (answered: number, asked: number) => `${answered} of ${asked} times`,
  response: (median: string, worst: string) => `It took ${median}, at worst ${worst}.`,
  devices: (connected: number, all: number) => `${connected} of ${all}`,
  loopWorst: (worst: string) => `In the worst 10 to 20 s it was ${worst}.`,
  connections: (most: number, limit: number, share: string) => `${most} of ${limit} (${share})`,
  never: 'never',
  underruns: (count: number, silence: string) => `${count} times, ${silence} of silence`,
  turns: (answered: number, all: number) => `${answered} of ${all}`,
  neverHeard: 'No answer was ever heard.',
  p95: (p95: string) => `${p95} (95th percentile)`,
  ofTurns: (count: number, median: string) => `Of ${count} turns; median ${median}.`,
  few: (count: number) => `${count} turns are too few for percentiles.`,
  oneTooSlow: (few: string) => `${few} One of them was too slow, which proves nothing yet: measure longer.`,
  medianAndWorst: (median: string, worst: string) => `median ${median}, worst ${worst}`,
  busiest: (share: string) => `In the busiest moment ${share}, which is harmless when it is short.`,
  containerCpu: (cores: number | undefined) => `CPU of the container, of ${cores} cores, on average`,
  withModel: (limit: string, own: string, model: string) => `${limit} (${own} and the language model's ${model})`,
};

const zh: typeof en = {
  times: (answered, asked) => `${asked} 次中的 ${answered} 次`,
  response: (median, worst) => `用时 ${median}，最慢 ${worst}。`,
  devices: (connected, all) => `${all} 台中的 ${connected} 台`,
  loopWorst: (worst) => `最差的 10 到 20 秒内为 ${worst}。`,
  connections: (most, limit, share) => `${limit} 个中的 ${most} 个（${share}）`,
  never: '没有',
  underruns: (count, silence) => `${count} 次，共静默 ${silence}`,
  turns: (answered, all) => `${all} 轮中的 ${answered} 轮`,
  neverHeard: '一次回答也没有听到。',
  p95: (p95) => `${p95}（95 百分位）`,
  ofTurns: (count, median) => `共 ${count} 轮；中位数 ${median}。`,
  few: (count) => `${count} 轮太少，不能算百分位。`,
  oneTooSlow: (few) => `${few}其中一轮太慢，还说明不了问题：请测得久一些。`,
  medianAndWorst: (median, worst) => `中位数 ${median}，最慢 ${worst}`,
  busiest: (share) => `最忙的一刻 ${share}，短暂的没有关系。`,
  containerCpu: (cores) => `容器的 CPU，占 ${cores} 核，平均`,
  withModel: (limit, own, model) => `${limit}（${own}，加上大模型的 ${model}）`,
};

export const targetsWords = bilingualWords({ en, zh });
