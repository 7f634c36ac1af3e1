import { isExcuse, type FleetResult } from '../fleet/index.js';
import { summarise, type Summary, sum } from '../statistics.js';
import { deviceFigures, partsOf, type DeviceFigures, type Part } from './device-figures.js';
import { machineFigures, type MachineFigures } from './machine-figures.js';
import type { Observation, ServerGauges, ServerSample } from './observation.js';
import type { ServerTurn } from '../observer/server-client.js';

/** Answers for which people waited, over all devices. */
export interface AnswerFigures {
  /** Turns in which somebody waited for an answer. */
  readonly turns: number;
  /** Number of devices with these turns. A single device has the whole machine to itself. */
  readonly devices: number;
  /**
   * Time from the end of speech to the first sound that simulated devices played. For real devices, the time to the
   * first packet as the server measured it.
   */
  readonly firstSound: Summary;
  /** The single values of `firstSound`. */
  readonly firstSoundMs: readonly number[];
  /** Turns that got no complete answer. */
  readonly failed: number;
  /**
   * Excuses that simulated devices received, each sentence once. They are phrases of Chorus and contain nothing
   * personal.
   */
  readonly excuses: readonly string[];
  readonly underruns: number;
  readonly underrunMs: number;
}

/** Figures of the server, measured from outside. */
export interface ServerFigures {
  readonly asked: number;
  readonly unanswered: number;
  readonly response: Summary;
  /**
   * 99th percentile of the event loop's delay. The server reports it over the last 10 to 20 s; these are the median and
   * the worst of its reports.
   */
  readonly loopDelayP99Ms: { readonly median: number; readonly worst: number } | undefined;
  readonly queuedMax: number | undefined;
  /**
   * Most device connections at once, and the number that the server accepts. Undefined: the server does not report it.
   */
  readonly connections: { readonly most: number; readonly limit: number } | undefined;
  readonly refused: number | undefined;
  readonly engineRestarts: number | undefined;
}

/** Figures of the counted time, from samples after the warm-up only. */
export interface Figures {
  readonly seconds: number;
  readonly answers: AnswerFigures;
  readonly server: ServerFigures;
  /** Undefined: the machine was not watched. */
  readonly machine: MachineFigures | undefined;
  /** Cores that the simulated devices used. They run on the watched machine if the server does. */
  readonly fleetCores: number;
  /** Stages from the server's turn records. */
  readonly stages: Readonly<Record<string, Summary>>;
  /** Parts of the time to the first packet, over all turns. */
  readonly partsMs: Readonly<Record<Part, number>> | undefined;
  readonly failureCodes: Readonly<Record<string, number>>;
  /** Number of simulated devices, and of those that the server never admitted, with the known reasons. */
  readonly fleet: { readonly devices: number; readonly absent: number; readonly errors: readonly string[] } | undefined;
  /** Undefined: the server does not show its turns. */
  readonly devices: readonly DeviceFigures[] | undefined;
}

export function figuresOf(observation: Observation): Figures {
  const { fleet, countedFromS, countedToS } = observation;
  const counted = ({ atS }: { readonly atS: number }): boolean => atS >= countedFromS && atS <= countedToS;
  const turns = observation.turns && turnsWithin(observation);
  const server = observation.serverSamples.filter(counted);
  const simulated = new Set(fleet?.devices.map(({ deviceId }) => deviceId));
  return {
    seconds: countedToS - countedFromS,
    answers: answerFigures(
      observation,
      (turns ?? []).filter(({ deviceId }) => !simulated.has(deviceId)),
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

/**
 * Turns that ended in the counted time, or were finished after it. The server's clock and this program's clock are
 * assumed to be equal.
 */
function turnsWithin({ turns, startedWallMs, countedFromS, elapsedMs }: Observation): readonly ServerTurn[] {
  return (turns ?? []).filter(
    ({ atWallMs }) => atWallMs >= startedWallMs + countedFromS * 1000 && atWallMs <= startedWallMs + elapsedMs,
  );
}

/**
 * Outcomes of turns in which nobody waited for an answer: noise, a false start, a recording (`TurnOutcome` of the
 * session).
 */
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

/** Counts the absent devices. They got no OTA answer, or their pairing code was not confirmed. */
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

/**
 * Growth of a counter. A counter starts at zero again after a restart of the server, and exists from its first event
 * on.
 */
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
