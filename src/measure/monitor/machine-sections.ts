import { fleetWords, type FleetTurn } from '../fleet/index.js';
import type { MachineSample } from '../../platform/machine/index.js';
import type { Block, Section, Text, TimelinePanel } from '../report/index.js';
import type { MonitorFindings } from './findings.js';
import type { ContainerFigures, MachineFigures } from './machine-figures.js';
import { inBytes, inMs, inPercent } from '../quantities.js';
import { TARGETS } from '../targets.js';
import { machineWords } from './words/machine.js';

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
      title: machineWords.machine.title,
      explanation: machineWords.machine.explanation,
      atS,
      panels: [
        {
          unit: '%',
          atLeast: 100,
          bounds: [{ name: machineWords.target, value: TARGETS.machine_cpu.limit * 100 }],
          series: [
            { name: 'CPU', values: percent(({ cpuShare }) => cpuShare) },
            {
              name: machineWords.machine.memory,
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
      title: machineWords.processes.title,
      explanation: machineWords.processes.explanation,
      atS,
      panels: [
        { unit: machineWords.cores, series: each(({ cpuCores }) => cpuCores) },
        { unit: 'MB', series: each(({ pssBytes, rssBytes }) => scaled(pssBytes ?? rssBytes, 2 ** -20) ?? undefined) },
      ],
    });
  }
  return [{ title: machineWords.howBusy, blocks }];
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
            name: machineWords.container.cpu,
            values: percent(({ cgroupCores }) => cgroupCores && cgroupCores / cpuQuota),
          },
        ]),
    ...(memoryLimitBytes === undefined
      ? []
      : [
          {
            name: machineWords.container.memory,
            values: percent(({ cgroup }) => cgroup?.workingSetBytes && cgroup.workingSetBytes / memoryLimitBytes),
          },
        ]),
  ];
}

export function serverSection({ observation }: MonitorFindings): Section[] {
  const { serverSamples: samples } = observation;
  if (samples.length === 0) return [];
  const metric = (
    of: (metrics: NonNullable<(typeof samples)[number]['metrics']>) => number | undefined,
  ): (number | null)[] => samples.map(({ metrics }) => (metrics && of(metrics)) ?? null);
  return [
    {
      title: machineWords.howServer,
      blocks: [
        {
          type: 'timeline',
          title: machineWords.response.title,
          explanation: machineWords.response.explanation,
          atS: samples.map(({ atS }) => atS),
          panels: [
            {
              unit: 'ms',
              bounds: [
                {
                  name: machineWords.response.target,
                  value: TARGETS.event_loop.limit,
                },
              ],
              series: [
                { name: machineWords.response.response, values: samples.map(({ responseMs }) => responseMs ?? null) },
                {
                  name: machineWords.response.delay,
                  values: metric(({ loopDelayP99Ms }) => loopDelayP99Ms),
                },
              ],
            },
            {
              unit: machineWords.number,
              shape: 'step',
              series: [
                {
                  name: machineWords.response.connected,
                  values: metric(({ connections }) => connections),
                },
                { name: machineWords.response.talking, values: metric(({ talking }) => talking) },
                { name: machineWords.response.running, values: metric(({ slotsBusy }) => slotsBusy) },
                { name: machineWords.response.waiting, values: metric(({ queued }) => queued) },
              ],
            },
          ],
        },
      ],
    },
  ];
}

const SHOWN_TURNS = 500;

export function detailSection({ observation, figures }: MonitorFindings): Section {
  const { machine, server } = figures;
  const rows: (readonly [Text, Text])[] = [];
  if (machine) rows.push(...machineRows(machine));
  if (server.engineRestarts !== undefined)
    rows.push(
      [machineWords.details.restarts, String(server.engineRestarts)],
      [machineWords.details.refused, String(server.refused ?? 0)],
    );
  if (server.response.kind !== 'none')
    rows.push([
      machineWords.details.response,
      machineWords.medianAndWorst(inMs(server.response.median), inMs(server.response.max)),
    ]);
  const own = observation.fleet?.own;
  if (own)
    rows.push([
      machineWords.details.fleet,
      machineWords.fleet(own.cpuCores.toFixed(2), inBytes(own.rssBytes), inMs(own.loopDelayP99Ms)),
    ]);
  const blocks: Block[] = [
    { type: 'table', columns: [{ title: machineWords.what }, { title: machineWords.value }], rows },
  ];
  const turns = (observation.fleet?.turns ?? []).filter(({ warmup }) => !warmup);
  if (turns.length > 0) blocks.push(turnTable(turns));
  return { title: machineWords.details.title, folded: true, blocks };
}

function machineRows(machine: MachineFigures): (readonly [Text, Text])[] {
  const rows: (readonly [Text, Text])[] = [];
  rows.push(
    [machineWords.details.load, `${machine.loadMean.toFixed(2)} / ${machine.cores}`],
    [
      machineWords.details.pressure,
      `${waited(machine.waitedForCpu)} / ${waited(machine.waitedForMemory)} / ${waited(machine.waitedForDisk)}`,
    ],
    [machineWords.details.stolen, inPercent(machine.stolenMean)],
    [machineWords.details.sockets, machine.socketsMax === undefined ? '–' : String(machine.socketsMax)],
  );
  for (const process of machine.processes)
    rows.push([
      machineWords.details.process(process.name),
      machineWords.process(process.cores.toFixed(2), inBytes(process.memoryMaxBytes)),
    ]);
  if (machine.processes.length === 0) rows.push([machineWords.details.processes, machineWords.details.noProcesses]);
  return rows;
}

function turnTable(turns: readonly FleetTurn[]): Block {
  return {
    type: 'table',
    caption: turns.length > SHOWN_TURNS ? machineWords.turns.first(SHOWN_TURNS, turns.length) : machineWords.turns.all,
    columns: [
      { title: machineWords.turns.device, align: 'end' },
      { title: machineWords.turns.turn, align: 'end' },
      { title: machineWords.turns.outcome },
      { title: machineWords.turns.text, align: 'end' },
      { title: machineWords.turns.firstSound, align: 'end' },
      { title: machineWords.turns.allSent, align: 'end' },
      { title: machineWords.turns.underruns, align: 'end' },
      { title: machineWords.turns.wrongWords, align: 'end' },
    ],
    rows: turns
      .slice(0, SHOWN_TURNS)
      .map((turn) => [
        String(turn.device + 1),
        String(turn.turn + 1),
        fleetWords.outcomes[turn.outcome],
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
