import { bilingualWords } from '../../core/index.js';

const en = {
  steps: {
    title: 'How long it took from the last word',
    explanation:
      'The further left a curve rises, the faster. Where it crosses 50, half of the turns had got that far. ' +
      'People wait for the last one, the first sound.',
    transcript: 'text recognised',
    announced: 'answer announced',
    firstPacket: 'first packet',
    firstSound: 'first sound',
  },
  histogram: {
    title: 'First sound, how many turns took how long',
    explanation: 'Each bar counts turns. Bars beyond the dashed line are turns in which people noticed a pause.',
    turns: 'turns',
  },
  marks: {
    counted_from: 'counted from here',
    storm: 'storm',
    restart: 'server restarted',
    restarted: 'ready again',
    planned_end: 'last turns begin',
  },
  conversations: {
    title: 'Sound in hand, and conversations',
    explanation:
      'Above, what the people did. In the middle, sound that a device still had when the next packet ' +
      'arrived: it begins low with each answer and grows at once; ' +
      'where it stays near zero the sound is about to break. Below, the breaks.',
    devices: 'devices',
    talking: 'person talks',
    waiting: 'waits for the answer',
    playing: 'answer sounds',
    leadMin: 'least of all devices',
    leadMedian: 'middle of all devices',
    aSecond: 'a second',
    underruns: 'holes in the sound',
    failed: 'failed turns',
  },
};

const zh: typeof en = {
  steps: {
    title: '从说完算起各步用了多久',
    explanation: '曲线越靠左越快；曲线到 50 的地方，表示一半的轮次已到这一步。人们等的是最后一条：第一声。',
    transcript: '识别出文字',
    announced: '宣布回答',
    firstPacket: '第一个包',
    firstSound: '第一声',
  },
  histogram: {
    title: '第一声：多少轮用了多长时间',
    explanation: '每根柱子是轮数。虚线右边的，用户会感觉到停顿。',
    turns: '轮次',
  },
  marks: {
    counted_from: '从这里开始计数',
    storm: '风暴',
    restart: '服务器重启',
    restarted: '重新就绪',
    planned_end: '最后的对话开始',
  },
  conversations: {
    title: '设备里存着的声音，和进行中的对话',
    explanation:
      '上图是人们在做什么。中图是下一个包到达时设备里还剩多少声音：每次回答开始时少，随即增多；一直接近零就快要断了。下图是断音次数。',
    devices: '设备数',
    talking: '人在说',
    waiting: '在等回答',
    playing: '在播放回答',
    leadMin: '各设备中最少的',
    leadMedian: '各设备的中位数',
    aSecond: '每秒',
    underruns: '断音',
    failed: '失败的轮次',
  },
};

export const fleetChartWords = bilingualWords({ en, zh });
