import { MB } from '../../../core/index.js';
import { conversationTimeline, firstSoundHistogram, stepsChart } from '../../fleet-charts.js';
import type { Block } from '../../report/index.js';
import { TARGETS } from '../../targets.js';
import type { BenchResult } from '../result.js';
import { chartWords } from '../words/charts.js';

type BenchSample = BenchResult['observations'][number];
type Process = BenchSample['processes'][number];

export function answerBlocks({ fleet, serviceLevel, llmOwn }: BenchResult): readonly Block[] {
  const counted = fleet.turns.filter(({ warmup }) => !warmup);
  if (counted.length === 0) return [{ type: 'paragraph', text: chartWords.nobodySpoke }];
  const bounds = [
    {
      name: chartWords.target,
      value: Math.round(serviceLevel.firstSoundP95Ms + llmOwn.medianMs),
    },
  ];
  const sounds = counted.flatMap(({ firstSoundMs }) => firstSoundMs ?? []);
  return [stepsChart(counted, bounds), firstSoundHistogram(sounds, bounds)];
}

export function loadBlocks({ fleet, observations }: BenchResult): readonly Block[] {
  const conversations = conversationTimeline(fleet);
  if (conversations.length === 0 || observations.length < 2) return conversations;
  const values = (of: (observation: BenchSample) => number | undefined): (number | null)[] =>
    observations.map((observation) => of(observation) ?? null);
  return [
    ...conversations,
    {
      type: 'timeline',
      title: chartWords.inside.title,
      explanation: chartWords.inside.explanation,
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: chartWords.inside.jobs,
          shape: 'step',
          series: [
            { name: chartWords.inside.waiting, values: values(({ queueDepth }) => queueDepth) },
            { name: chartWords.inside.running, values: values(({ slotsBusy }) => slotsBusy) },
          ],
        },
        {
          unit: 'ms',
          bounds: [{ name: chartWords.inside.late, value: TARGETS.event_loop.limit }],
          series: [
            {
              name: chartWords.inside.loopDelay,
              values: values(({ loopDelayP99Ms }) => loopDelayP99Ms),
            },
          ],
        },
      ],
    },
  ];
}

export function processBlocks({ observations, machine, serviceLevel }: BenchResult): readonly Block[] {
  const names = [...new Set(observations.flatMap(({ processes }) => processes.map(({ name }) => name)))];
  if (names.length === 0 || observations.length < 2)
    return [
      {
        type: 'paragraph',
        text: chartWords.notSeen,
      },
    ];
  const all = chartWords.all;
  const each = (of: (process: Process) => number | undefined): { name: string; values: (number | null)[] }[] =>
    names.map((name) => ({ name, values: observations.map(({ processes }) => total(processes, name, of)) }));
  const target = {
    name: chartWords.targetOfAll,
    value: machine.usableCores * serviceLevel.cpuShare,
  };
  const machineCpu = observations.map(({ machineCpuShare: share }) => (share === undefined ? null : share * 100));
  return [
    {
      type: 'timeline',
      title: chartWords.processes.title,
      explanation: chartWords.processes.explanation,
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: chartWords.processes.cores,
          bounds: [target],
          series: [
            { name: all, values: observations.map(({ serverCores }) => serverCores ?? null) },
            ...each(({ cores }) => cores),
          ],
        },
        {
          unit: 'MB',
          series: [
            { name: all, values: observations.map(({ serverBytes }) => megabytes(serverBytes) ?? null) },
            ...each(({ bytes }) => megabytes(bytes)),
          ],
        },
        {
          unit: '%',
          atLeast: 100,
          series: [{ name: chartWords.processes.wholeMachine, values: machineCpu }],
        },
      ],
    },
  ];
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MB;
}

/** Returns null if no process of that name has a value. */
function total(
  processes: readonly Process[],
  name: string,
  of: (process: Process) => number | undefined,
): number | null {
  const values = processes.filter((process) => process.name === name).flatMap((process) => of(process) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
