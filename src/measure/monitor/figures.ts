import { fleetDevices, isExcuse, type FleetResult } from '../fleet/index.js';
import { summarise, type Summary, sum } from '../statistics.js';
import { deviceFigures, partsOf, type DeviceFigures, type Part } from './device-figures.js';
import { machineFigures, type MachineFigures } from './machine-figures.js';
import type { Observation, ServerGauges, ServerSample } from './observation.js';
import type { ServerTurn } from '../observer/server-client.js';

export interface AnswerFigures {
  readonly turns: number;
  /** Number of devices with these turns. A single device has the whole machine to itself. */
  readonly devices: number;
  /** Time until the first sound played. For real devices, time until the first packet. */
  readonly firstSound: Summary;
  readonly firstSoundMs: readonly number[];
  readonly failed: number;
  /** Excuses that simulated devices received, without repetitions. Excuses contain nothing personal. */
  readonly excuses: readonly string[];
  readonly underruns: number;
  readonly underrunMs: number;
}

export interface ServerFigures {
  readonly asked: number;
  readonly unanswered: number;
  readonly response: Summary;
  /** 99th percentile over 10 to 20 s, as the server reports it. `worst` is the highest report. */
  readonly loopDelayP99Ms: { readonly median: number; readonly worst: number } | undefined;
  readonly queuedMax: number | undefined;
  /** Most device connections at once. Undefined if the server does not report them. */
  readonly connections: { readonly most: number; readonly limit: number } | undefined;
  readonly refused: number | undefined;
  readonly engineRestarts: number | undefined;
}

/** All figures come from samples after the warm-up. */
export interface Figures {
  readonly seconds: number;
  readonly answers: AnswerFigures;
  readonly server: ServerFigures;
  /** Undefined if the machine was not watched. */
  readonly machine: MachineFigures | undefined;
  /** Cores that the simulated devices used on the watched machine. */
  readonly fleetCores: number;
  readonly stages: Readonly<Record<string, Summary>>;
  readonly partsMs: Readonly<Record<Part, number>> | undefined;
  readonly failureCodes: Readonly<Record<string, number>>;
  /** `absent` counts simulated devices that the server never admitted. */
  readonly fleet: { readonly devices: number; readonly absent: number; readonly errors: readonly string[] } | undefined;
  readonly devices: readonly DeviceFigures[] | undefined;
}

export function figuresOf(observation: Observation): Figures {
  const { fleet, countedFromS, countedToS } = observation;
  const counted = ({ atS }: { readonly atS: number }): boolean => atS >= countedFromS && atS <= countedToS;
  const turns = observation.turns && turnsWithin(observation);
  const server = observation.serverSamples.filter(counted);
  const simulated = fleet && fleetDevices(fleet.options);
  return {
    seconds: countedToS - countedFromS,
    answers: answerFigures(
      observation,
      (turns ?? []).filter(({ deviceId }) => simulated?.has(deviceId) !== true),
    ),
    server: serverFigures(server),
    machine: machineFigures(observation.machineSamples.filter(counted), observation.machine?.cores),
    fleetCores: fleet?.own.cpuCores ?? 0,
    stages: stagesOf(turns ?? []),
    partsMs: partsOf(turns ?? []),
    fleet: fleet && attendance(fleet),
    failureCodes: countBy((turns ?? []).flatMap(({ code }) => code ?? [])),
    devices: turns && deviceFigures(turns, fleet),
  };
}

/** Assumes that the server's clock and this program's clock agree. */
function turnsWithin({ turns, startedWallMs, countedFromS, elapsedMs }: Observation): readonly ServerTurn[] {
  return (turns ?? []).filter(
    ({ atWallMs }) => atWallMs >= startedWallMs + countedFromS * 1000 && atWallMs <= startedWallMs + elapsedMs,
  );
}

/** Nobody waited for an answer in these turns, for example after noise or a false start. */
const NO_ANSWER_WANTED = new Set(['empty', 'abandoned', 'played']);
const NO_ANSWER = new Set(['failed', 'busy', 'not_understood']);

function answerFigures({ fleet }: Observation, real: readonly ServerTurn[]): AnswerFigures {
  const wanted = real.filter(({ outcome }) => !NO_ANSWER_WANTED.has(outcome));
  const heard = (fleet?.turns ?? []).filter((turn) => !turn.warmup);
  const firstSoundMs = [
    ...heard.filter((turn) => !isExcuse(turn)).flatMap((turn) => turn.firstSoundMs ?? []),
    ...wanted
      .filter(({ outcome }) => !NO_ANSWER.has(outcome))
      .flatMap(({ stagesMs }) => stagesMs['speech_end_to_first_packet'] ?? []),
  ];
  const totals = fleet?.totals;
  return {
    turns: heard.length + wanted.length,
    devices: new Set([...heard.map(({ device }) => String(device)), ...wanted.map(({ deviceId }) => deviceId)]).size,
    firstSound: summarise(firstSoundMs),
    firstSoundMs,
    failed:
      heard.filter(({ outcome, complete, abort }) => outcome !== 'answered' || (!complete && abort === undefined))
        .length + wanted.filter(({ outcome }) => NO_ANSWER.has(outcome)).length,
    excuses: [...new Set(heard.filter(isExcuse).flatMap(({ excuse }) => excuse ?? []))],
    underruns: (totals?.underruns ?? 0) + sum(wanted.map(({ underruns }) => underruns)),
    underrunMs: (totals?.underrunMs ?? 0) + sum(wanted.map(({ underrunMs }) => underrunMs)),
  };
}

/** An absent device got no OTA answer, or nobody confirmed its pairing code. */
function attendance({ devices }: FleetResult): Figures['fleet'] {
  const absent = devices.filter(({ otaMs }) => otaMs === undefined);
  return {
    devices: devices.length,
    absent: absent.length,
    errors: [...new Set(absent.flatMap(({ error }) => error ?? []))],
  };
}

function serverFigures(samples: readonly ServerSample[]): ServerFigures {
  const metrics = samples.flatMap((sample) => sample.metrics ?? []);
  const delays = metrics.flatMap(({ loopDelayP99Ms }) => loopDelayP99Ms ?? []);
  const delay = summarise(delays);
  return {
    asked: samples.length,
    unanswered: samples.filter(({ responseMs }) => responseMs === undefined).length,
    response: summarise(samples.map(({ responseMs }) => responseMs)),
    loopDelayP99Ms: delay.kind === 'none' ? undefined : { median: delay.median, worst: delay.max },
    queuedMax: most(metrics.map(({ queued }) => queued)),
    connections: connectionsOf(metrics),
    refused: grown(metrics.map(({ refused }) => refused)),
    engineRestarts: grown(metrics.map(({ engineRestarts }) => engineRestarts)),
  };
}

function connectionsOf(metrics: readonly ServerGauges[]): ServerFigures['connections'] {
  const used = most(metrics.map(({ connections }) => connections));
  const limit = metrics.findLast(({ connectionsLimit }) => connectionsLimit !== undefined)?.connectionsLimit;
  return used === undefined || limit === undefined || limit <= 0 ? undefined : { most: used, limit };
}

function stagesOf(turns: readonly ServerTurn[]): Record<string, Summary> {
  const values = new Map<string, number[]>();
  for (const { stagesMs } of turns)
    for (const [stage, ms] of Object.entries(stagesMs))
      if (ms !== undefined) values.set(stage, [...(values.get(stage) ?? []), ms]);
  return Object.fromEntries([...values].map(([stage, list]) => [stage, summarise(list)]));
}

/** A counter starts at zero again when the server restarts. */
function grown(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0) return undefined;
  let total = 0;
  for (let at = 1; at < values.length; at++) {
    const [before, now] = [values[at - 1] ?? 0, values[at] ?? 0];
    total += now >= before ? now - before : now;
  }
  return total;
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
