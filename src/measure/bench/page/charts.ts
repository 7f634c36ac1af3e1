import { conversationTimeline, firstSoundHistogram, stepsChart } from '../../fleet-charts.js';
import type { Block } from '../../report/index.js';
import { TARGETS } from '../../targets.js';
import type { BenchResult } from '../result.js';

const MB = 2 ** 20;

type BenchSample = BenchResult['observations'][number];
type Process = BenchSample['processes'][number];

/** Charts of the time that turns took. */
export function answerBlocks({ fleet, serviceLevel, llmOwn }: BenchResult): readonly Block[] {
  const counted = fleet.turns.filter(({ warmup }) => !warmup);
  if (counted.length === 0) return [{ type: 'paragraph', text: { en: 'Nobody spoke.', zh: '没有人说话。' } }];
  const bounds = [
    {
      name: { en: 'target of 95 of 100 turns, language model included', zh: '95% 对话的目标（含大模型）' },
      value: Math.round(serviceLevel.firstSoundP95Ms + llmOwn.medianMs),
    },
  ];
  const sounds = counted.flatMap(({ firstSoundMs }) => firstSoundMs ?? []);
  return [stepsChart(counted, bounds), firstSoundHistogram(sounds, bounds)];
}

/** Charts of the conversations and of the server's load over time. */
export function loadBlocks({ fleet, observations }: BenchResult): readonly Block[] {
  const conversations = conversationTimeline(fleet);
  if (conversations.length === 0 || observations.length < 2) return conversations;
  const values = (of: (observation: BenchSample) => number | undefined): (number | null)[] =>
    observations.map((observation) => of(observation) ?? null);
  return [
    ...conversations,
    {
      type: 'timeline',
      title: { en: 'Inside the server', zh: '服务器内部' },
      explanation: {
        en:
          'Jobs that wait for a CPU slot should come and go; ' +
          'a queue that only grows is a server that cannot keep up.',
        zh: '等待 CPU 的任务应当有来有去；只增不减说明服务器跟不上。',
      },
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: { en: 'jobs', zh: '任务' },
          shape: 'step',
          series: [
            { name: { en: 'waiting', zh: '排队' }, values: values(({ queueDepth }) => queueDepth) },
            { name: { en: 'running', zh: '运行' }, values: values(({ slotsBusy }) => slotsBusy) },
          ],
        },
        {
          unit: 'ms',
          bounds: [{ name: { en: 'too late', zh: '过迟' }, value: TARGETS.event_loop.limit }],
          series: [
            {
              name: { en: 'delay of the event loop (p99)', zh: '事件循环延迟（p99）' },
              values: values(({ loopDelayP99Ms }) => loopDelayP99Ms),
            },
          ],
        },
      ],
    },
  ];
}

/** CPU and memory, process by process. */
export function processBlocks({ observations, machine, serviceLevel }: BenchResult): readonly Block[] {
  const names = [...new Set(observations.flatMap(({ processes }) => processes.map(({ name }) => name)))];
  if (names.length === 0 || observations.length < 2)
    return [
      {
        type: 'paragraph',
        text: { en: 'The server’s processes could not be seen from here.', zh: '从这里看不到服务器的进程。' },
      },
    ];
  const all = { en: 'all', zh: '合计' };
  const each = (of: (process: Process) => number | undefined): { name: string; values: (number | null)[] }[] =>
    names.map((name) => ({ name, values: observations.map(({ processes }) => total(processes, name, of)) }));
  const target = {
    name: { en: 'target, all together', zh: '目标（合计）' },
    value: machine.usableCores * serviceLevel.cpuShare,
  };
  const machineCpu = observations.map(({ machineCpuShare: share }) => (share === undefined ? null : share * 100));
  return [
    {
      type: 'timeline',
      title: { en: 'CPU and memory, process by process', zh: '各进程的 CPU 和内存' },
      explanation: {
        en:
          'main talks to devices, listening decodes and notices speech, asr recognises, speaking makes sound. ' +
          'Memory should be flat after the first minute.',
        zh: 'main 与设备通信，listening 解码并检测语音，asr 识别，speaking 生成声音。内存在第一分钟之后应当持平。',
      },
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: { en: 'cores', zh: '核' },
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
          series: [{ name: { en: 'whole machine, everybody on it', zh: '整台机器' }, values: machineCpu }],
        },
      ],
    },
  ];
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MB;
}

/** Total over all processes of a name; null if none of them has a value. */
function total(
  processes: readonly Process[],
  name: string,
  of: (process: Process) => number | undefined,
): number | null {
  const values = processes.filter((process) => process.name === name).flatMap((process) => of(process) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
