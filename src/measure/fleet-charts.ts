import type { FleetResult, FleetSecond, FleetTurn } from './fleet/index.js';
import type { Block, Bound, Text, TimelinePanel } from './report/index.js';
import { fleetChartWords } from './words/fleet-charts.js';

export function stepsChart(turns: readonly FleetTurn[], bounds: readonly Bound[]): Block {
  const values = (of: (turn: FleetTurn) => number | undefined): number[] => turns.flatMap((turn) => of(turn) ?? []);
  return {
    type: 'distribution',
    shape: 'share',
    title: fleetChartWords.steps.title,
    explanation: fleetChartWords.steps.explanation,
    unit: 'ms',
    bounds,
    series: [
      { name: fleetChartWords.steps.transcript, values: values(({ sttMs }) => sttMs) },
      { name: fleetChartWords.steps.announced, values: values(({ ttsStartMs }) => ttsStartMs) },
      { name: fleetChartWords.steps.firstPacket, values: values(({ firstPacketMs }) => firstPacketMs) },
      { name: fleetChartWords.steps.firstSound, values: values(({ firstSoundMs }) => firstSoundMs) },
    ],
  };
}

export function firstSoundHistogram(values: readonly number[], bounds: readonly Bound[]): Block {
  return {
    type: 'distribution',
    shape: 'histogram',
    title: fleetChartWords.histogram.title,
    explanation: fleetChartWords.histogram.explanation,
    unit: 'ms',
    bounds,
    series: [{ name: fleetChartWords.histogram.turns, values }],
  };
}

/** Returns no blocks for a run shorter than two seconds. */
export function conversationTimeline({ seconds, marks }: Pick<FleetResult, 'seconds' | 'marks'>): readonly Block[] {
  if (seconds.length < 2) return [];
  const series = (
    ...all: readonly (readonly [Text, (second: FleetSecond) => number | undefined])[]
  ): TimelinePanel['series'] =>
    all.map(([name, of]) => ({ name, values: seconds.map((second) => of(second) ?? null) }));
  return [
    {
      type: 'timeline',
      title: fleetChartWords.conversations.title,
      explanation: fleetChartWords.conversations.explanation,
      atS: seconds.map(({ atS }) => atS),
      marks: marks.map(({ atS, what }) => ({ atS, text: fleetChartWords.marks[what] })),
      panels: [
        {
          unit: fleetChartWords.conversations.devices,
          shape: 'step',
          series: series(
            [fleetChartWords.conversations.talking, ({ talking }) => talking],
            [fleetChartWords.conversations.waiting, ({ waiting }) => waiting],
            [fleetChartWords.conversations.playing, ({ playing }) => playing],
          ),
        },
        {
          unit: 'ms',
          series: series(
            [fleetChartWords.conversations.leadMin, ({ leadMinMs }) => leadMinMs],
            [fleetChartWords.conversations.leadMedian, ({ leadMedianMs }) => leadMedianMs],
          ),
        },
        {
          unit: fleetChartWords.conversations.aSecond,
          shape: 'step',
          atLeast: 1,
          series: series(
            [fleetChartWords.conversations.underruns, ({ underruns }) => underruns],
            [fleetChartWords.conversations.failed, ({ failed }) => failed],
          ),
        },
      ],
    },
  ];
}
