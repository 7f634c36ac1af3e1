import type { FleetResult, FleetSecond, FleetTurn } from './fleet/index.js';
import type { Block, Bound, Text, TimelinePanel } from './report/index.js';

/** Charts of the turns of simulated devices, for the pages of bench and monitor. */

/** Time from the last word to each step, as rising curves. */
export function stepsChart(turns: readonly FleetTurn[], bounds: readonly Bound[]): Block {
  const values = (of: (turn: FleetTurn) => number | undefined): number[] => turns.flatMap((turn) => of(turn) ?? []);
  return {
    type: 'distribution',
    shape: 'share',
    title: { en: 'How long it took from the last word', zh: '从说完算起各步用了多久' },
    explanation: {
      en:
        'The further left a curve rises, the faster. Where it crosses 50, half of the turns had got that far. ' +
        'People wait for the last one, the first sound.',
      zh: '曲线越靠左越快；曲线到 50 的地方，表示一半的轮次已到这一步。人们等的是最后一条：第一声。',
    },
    unit: 'ms',
    bounds,
    series: [
      { name: { en: 'text recognised', zh: '识别出文字' }, values: values(({ sttMs }) => sttMs) },
      { name: { en: 'answer announced', zh: '宣布回答' }, values: values(({ ttsStartMs }) => ttsStartMs) },
      { name: { en: 'first packet', zh: '第一个包' }, values: values(({ firstPacketMs }) => firstPacketMs) },
      { name: { en: 'first sound', zh: '第一声' }, values: values(({ firstSoundMs }) => firstSoundMs) },
    ],
  };
}

export function firstSoundHistogram(values: readonly number[], bounds: readonly Bound[]): Block {
  return {
    type: 'distribution',
    shape: 'histogram',
    title: { en: 'First sound, how many turns took how long', zh: '第一声：多少轮用了多长时间' },
    explanation: {
      en: 'Each bar counts turns. Bars beyond the dashed line are turns in which people noticed a pause.',
      zh: '每根柱子是轮数。虚线右边的，用户会感觉到停顿。',
    },
    unit: 'ms',
    bounds,
    series: [{ name: { en: 'turns', zh: '轮次' }, values }],
  };
}

const MARKS: Readonly<Record<FleetResult['marks'][number]['what'], Text>> = {
  counted_from: { en: 'counted from here', zh: '从这里开始计数' },
  storm: { en: 'storm', zh: '风暴' },
  restart: { en: 'server restarted', zh: '服务器重启' },
  restarted: { en: 'ready again', zh: '重新就绪' },
  planned_end: { en: 'last turns begin', zh: '最后的对话开始' },
};

/** Conversations, sound held in the devices, and failures in each second. Empty below two seconds. */
export function conversationTimeline({ seconds, marks }: Pick<FleetResult, 'seconds' | 'marks'>): readonly Block[] {
  if (seconds.length < 2) return [];
  const series = (
    ...all: readonly (readonly [Text, (second: FleetSecond) => number | undefined])[]
  ): TimelinePanel['series'] =>
    all.map(([name, of]) => ({ name, values: seconds.map((second) => of(second) ?? null) }));
  return [
    {
      type: 'timeline',
      title: { en: 'Sound in hand, and conversations', zh: '设备里存着的声音，和进行中的对话' },
      explanation: {
        en:
          'Above, what the people did. In the middle, sound that a device still had when the next packet ' +
          'arrived: it begins low with each answer and grows at once; ' +
          'where it stays near zero the sound is about to break. Below, the breaks.',
        zh: '上图是人们在做什么。中图是下一个包到达时设备里还剩多少声音：每次回答开始时少，随即增多；一直接近零就快要断了。下图是断音次数。',
      },
      atS: seconds.map(({ atS }) => atS),
      marks: marks.map(({ atS, what }) => ({ atS, text: MARKS[what] })),
      panels: [
        {
          unit: { en: 'devices', zh: '设备数' },
          shape: 'step',
          series: series(
            [{ en: 'person talks', zh: '人在说' }, ({ talking }) => talking],
            [{ en: 'waits for the answer', zh: '在等回答' }, ({ waiting }) => waiting],
            [{ en: 'answer sounds', zh: '在播放回答' }, ({ playing }) => playing],
          ),
        },
        {
          unit: 'ms',
          series: series(
            [{ en: 'least of all devices', zh: '各设备中最少的' }, ({ leadMinMs }) => leadMinMs],
            [{ en: 'middle of all devices', zh: '各设备的中位数' }, ({ leadMedianMs }) => leadMedianMs],
          ),
        },
        {
          unit: { en: 'a second', zh: '每秒' },
          shape: 'step',
          atLeast: 1,
          series: series(
            [{ en: 'holes in the sound', zh: '断音' }, ({ underruns }) => underruns],
            [{ en: 'failed turns', zh: '失败的轮次' }, ({ failed }) => failed],
          ),
        },
      ],
    },
  ];
}
