import { OUTCOME_WORDS, type FleetTurn } from '../fleet/index.js';
import type { MachineSample } from '../../platform/machine/index.js';
import type { Block, Section, Text, TimelinePanel } from '../report/index.js';
import type { MonitorFindings } from './findings.js';
import type { ContainerFigures, MachineFigures } from './machine-figures.js';
import { inBytes, inMs, inPercent } from '../quantities.js';
import { TARGETS } from '../targets.js';

const TARGET: Text = { en: 'target', zh: '目标' };

/** The section about the machine; empty if it was not watched. */
export function machineSection({ observation, figures }: MonitorFindings): Section[] {
  const { machineSamples: samples } = observation;
  if (!figures.machine || samples.length === 0) return [];
  const atS = samples.map((sample) => sample.atS);
  const percent = (of: (sample: MachineSample) => number | undefined): (number | null)[] =>
    samples.map((sample) => scaled(of(sample), 100));
  const { container } = figures.machine;
  const names = figures.machine.processes.map(({ name }) => name);
  const each = (of: (process: MachineSample['processes'][number]) => number | undefined): TimelinePanel['series'] =>
    names.map((name) => ({
      name,
      values: samples.map(({ processes }) => total(processes.filter((process) => process.name === name).map(of))),
    }));
  const blocks: Block[] = [
    {
      type: 'timeline',
      title: { en: 'The whole machine', zh: '整台机器' },
      explanation: {
        en:
          'Share of CPU and memory in use. On average the curves should stay below the dashed line; ' +
          'short peaks of CPU are harmless.',
        zh: 'CPU 和内存的使用比例。平均应在虚线以下；CPU 的短暂尖峰没有关系。',
      },
      atS,
      panels: [
        {
          unit: '%',
          atLeast: 100,
          bounds: [{ name: TARGET, value: TARGETS.machine_cpu.limit * 100 }],
          series: [
            { name: 'CPU', values: percent(({ cpuShare }) => cpuShare) },
            {
              name: { en: 'memory', zh: '内存' },
              values: percent(({ memory }) => 1 - memory.availableBytes / memory.totalBytes),
            },
            ...containerSeries(container, percent),
          ],
        },
      ],
    },
  ];
  if (names.length > 0) {
    blocks.push({
      type: 'timeline',
      title: { en: 'The server, by process', zh: '服务器，按进程' },
      explanation: {
        en:
          'main: connections and decisions; listening: hears when somebody speaks; asr: turns speech into text; ' +
          'speaking: makes sound for the device.',
        zh: 'main：连接和决策；listening：判断有没有人在说话；asr：语音变文字；speaking：为设备准备声音。',
      },
      atS,
      panels: [
        { unit: { en: 'cores', zh: '核' }, series: each(({ cpuCores }) => cpuCores) },
        { unit: 'MB', series: each(({ pssBytes, rssBytes }) => scaled(pssBytes ?? rssBytes, 2 ** -20) ?? undefined) },
      ],
    });
  }
  return [{ title: { en: 'How busy was the machine?', zh: '机器有多忙？' }, blocks }];
}

function containerSeries(
  container: ContainerFigures | undefined,
  percent: (of: (sample: MachineSample) => number | undefined) => (number | null)[],
): TimelinePanel['series'] {
  const { cpuQuota, memoryLimitBytes } = container ?? {};
  return [
    ...(cpuQuota === undefined
      ? []
      : [
          {
            name: { en: 'CPU of the container, of its limit', zh: '容器 CPU，占上限' },
            values: percent(({ cgroupCores }) => cgroupCores && cgroupCores / cpuQuota),
          },
        ]),
    ...(memoryLimitBytes === undefined
      ? []
      : [
          {
            name: { en: 'memory of the container, of its limit', zh: '容器内存，占上限' },
            values: percent(({ cgroup }) => cgroup?.workingSetBytes && cgroup.workingSetBytes / memoryLimitBytes),
          },
        ]),
  ];
}

/** The server by its answers and its metrics. */
export function serverSection({ observation }: MonitorFindings): Section[] {
  const { serverSamples: samples } = observation;
  if (samples.length === 0) return [];
  const metric = (
    of: (metrics: NonNullable<(typeof samples)[number]['metrics']>) => number | undefined,
  ): (number | null)[] => samples.map(({ metrics }) => (metrics && of(metrics)) ?? null);
  return [
    {
      title: { en: 'How did the server respond?', zh: '服务器反应如何？' },
      blocks: [
        {
          type: 'timeline',
          title: { en: 'Response time, and what was going on', zh: '响应时间，和当时在做的事' },
          explanation: {
            en:
              'How long the server took to answer a simple question, and how late its own thread was. ' +
              'Gaps are times without an answer. Below: jobs that wait for a CPU should be none or few.',
            zh: '服务器回答一个简单请求用的时间，以及它的主线程迟了多少。空缺处没有响应。下图：等待 CPU 的任务应当没有或很少。',
          },
          atS: samples.map(({ atS }) => atS),
          panels: [
            {
              unit: 'ms',
              bounds: [
                {
                  name: { en: 'target of the delay inside', zh: '内部延迟的目标' },
                  value: TARGETS.event_loop.limit,
                },
              ],
              series: [
                { name: { en: 'response', zh: '响应' }, values: samples.map(({ responseMs }) => responseMs ?? null) },
                {
                  name: { en: 'delay inside (99th percentile)', zh: '内部延迟（99 百分位）' },
                  values: metric(({ loopDelayP99Ms }) => loopDelayP99Ms),
                },
              ],
            },
            {
              unit: { en: 'number', zh: '数量' },
              shape: 'step',
              series: [
                {
                  name: { en: 'devices connected', zh: '已连接的设备' },
                  values: metric(({ connections }) => connections),
                },
                { name: { en: 'devices in a turn', zh: '对话中的设备' }, values: metric(({ talking }) => talking) },
                { name: { en: 'jobs on a CPU', zh: '正在计算的任务' }, values: metric(({ slotsBusy }) => slotsBusy) },
                { name: { en: 'jobs that wait', zh: '在等待的任务' }, values: metric(({ queued }) => queued) },
              ],
            },
          ],
        },
      ],
    },
  ];
}

const SHOWN_TURNS = 500;

/** Details for readers who look for something. */
export function detailSection({ observation, figures }: MonitorFindings): Section {
  const { machine, server } = figures;
  const rows: (readonly [Text, Text])[] = [];
  if (machine) rows.push(...machineRows(machine));
  if (server.engineRestarts !== undefined)
    rows.push(
      [{ en: 'Child processes started again', zh: '子进程重启次数' }, String(server.engineRestarts)],
      [{ en: 'Devices told that the server is busy', zh: '被告知服务器正忙的次数' }, String(server.refused ?? 0)],
    );
  if (server.response.kind !== 'none')
    rows.push([
      { en: 'Response of the server, median / worst', zh: '服务器响应，中位数 / 最慢' },
      {
        en: `${inMs(server.response.median).en} / ${inMs(server.response.max).en}`,
        zh: `${inMs(server.response.median).zh} / ${inMs(server.response.max).zh}`,
      },
    ]);
  const own = observation.fleet?.own;
  if (own)
    rows.push([
      { en: 'The simulated devices themselves', zh: '模拟设备自身' },
      {
        en:
          `${own.cpuCores.toFixed(2)} cores, ${inBytes(own.rssBytes)}, event loop ` +
          `${inMs(own.loopDelayP99Ms).en} late`,
        zh: `${own.cpuCores.toFixed(2)} 核，${inBytes(own.rssBytes)}，事件循环迟 ${inMs(own.loopDelayP99Ms).zh}`,
      },
    ]);
  const blocks: Block[] = [
    { type: 'table', columns: [{ title: { en: 'What', zh: '项目' } }, { title: { en: 'Value', zh: '数值' } }], rows },
  ];
  const turns = (observation.fleet?.turns ?? []).filter(({ warmup }) => !warmup);
  if (turns.length > 0) blocks.push(turnTable(turns));
  return { title: { en: 'Details', zh: '明细' }, folded: true, blocks };
}

function machineRows(machine: MachineFigures): (readonly [Text, Text])[] {
  const rows: (readonly [Text, Text])[] = [];
  rows.push(
    [
      { en: 'Load average (1 min), mean', zh: '平均负载（1 分钟），平均' },
      `${machine.loadMean.toFixed(2)} / ${machine.cores}`,
    ],
    [
      {
        en: 'Time in which somebody waited for CPU / memory / disk (PSI)',
        zh: '有程序在等 CPU / 内存 / 磁盘的时间（PSI）',
      },
      `${waited(machine.waitedForCpu)} / ${waited(machine.waitedForMemory)} / ${waited(machine.waitedForDisk)}`,
    ],
    [
      { en: 'CPU taken by other guests of the host (steal)', zh: '被宿主分给别人的 CPU（steal）' },
      inPercent(machine.stolenMean),
    ],
    [
      { en: 'TCP sockets, at most', zh: 'TCP 连接，最多' },
      machine.socketsMax === undefined ? '–' : String(machine.socketsMax),
    ],
  );
  for (const process of machine.processes)
    rows.push([
      { en: `Process ${process.name}`, zh: `进程 ${process.name}` },
      {
        en: `${process.cores.toFixed(2)} cores, ${inBytes(process.memoryMaxBytes)}`,
        zh: `${process.cores.toFixed(2)} 核，${inBytes(process.memoryMaxBytes)}`,
      },
    ]);
  if (machine.processes.length === 0)
    rows.push([
      { en: 'Processes of the server', zh: '服务器的进程' },
      { en: 'not known: no server.json in the data folder', zh: '不明：数据文件夹里没有 server.json' },
    ]);
  return rows;
}

function turnTable(turns: readonly FleetTurn[]): Block {
  return {
    type: 'table',
    caption:
      turns.length > SHOWN_TURNS
        ? {
            en:
              `The first ${SHOWN_TURNS} of ${turns.length} turns of the simulated devices; all are ` +
              'in the JSON file. Milliseconds after the last word.',
            zh: `模拟设备 ${turns.length} 轮中的前 ${SHOWN_TURNS} 轮，全部在 JSON 文件里。单位：说完之后的毫秒数。`,
          }
        : {
            en: 'Turns of the simulated devices, milliseconds after the last word',
            zh: '模拟设备的每一轮，说完之后的毫秒数',
          },
    columns: [
      { title: { en: 'device', zh: '设备' }, align: 'end' },
      { title: { en: 'turn', zh: '轮次' }, align: 'end' },
      { title: { en: 'how it ended', zh: '结果' } },
      { title: { en: 'text', zh: '文字' }, align: 'end' },
      { title: { en: 'first sound', zh: '第一声' }, align: 'end' },
      { title: { en: 'all sent', zh: '全部发完' }, align: 'end' },
      { title: { en: 'underruns', zh: '断流' }, align: 'end' },
      { title: { en: 'wrong words', zh: '错词' }, align: 'end' },
    ],
    rows: turns
      .slice(0, SHOWN_TURNS)
      .map((turn) => [
        String(turn.device + 1),
        String(turn.turn + 1),
        OUTCOME_WORDS[turn.outcome],
        ms(turn.sttMs),
        ms(turn.firstSoundMs),
        ms(turn.ttsStopMs),
        String(turn.underruns.length),
        turn.words ? `${turn.words.errors} / ${turn.words.said}` : '–',
      ]),
  };
}

function scaled(value: number | undefined, factor: number): number | null {
  return value === undefined ? null : value * factor;
}

/** The sum of the values that are known; null: none is known. */
function total(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function waited(share: number | undefined): string {
  return share === undefined ? '–' : inPercent(share);
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value));
}
