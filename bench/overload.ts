import { availableParallelism } from 'node:os';
import { systemClock as clock } from '../src/core/index.js';
import { type FleetResult, type FleetTurn } from '../src/measure/fleet/index.js';
import { percentile, PERCENTILES_FROM } from '../src/measure/statistics.js';
import { type AcceptanceServer, startAcceptanceServer } from './servers.js';
import { halfAndMost, netFirstSounds } from './net-first-sound.js';
import { atMost, type Line, report } from './results.js';
import { ServerWatch } from './server-watch.js';

const WARMUP_MS = 20_000;
/**
 * Warm-up of the additional devices. They connect one after another in its first third, because storms of connecting
 * devices are measured elsewhere.
 */
const ARRIVE_MS = 15_000;
const SELF_TEST_WITHIN_MS = 120_000;
/** Mean number of turns in scenario `steady`. */
const TURNS_PER_DEVICE_AND_MINUTE = 4.7;
/** 99 of 100 first sounds come within about this time, including the language model's own time. */
const WAIT_MS = 2000;
/** The remaining devices are measured for this long after the load has dropped. */
const AFTER_MS = 30_000;
const SERVED_AFTER_MS = 5000;
/** Time just before the overload in which the limit of conversations is read. */
const SETTLED_MS = 10_000;
const BUSY_WITHIN_MS = 4000;
const P95_AGAINST = 1.15;
/** The default of `load.target`. */
const TARGET = 0.7;

type LlmRequests = Parameters<typeof netFirstSounds>[1];

interface Load {
  /** As many devices as `max_concurrent_sessions: auto` admits. They talk from before the overload until its end. */
  readonly before: FleetResult;
  /** Devices that talk only during the overload. In total, three times as many devices talk as `before` has. */
  readonly extra: FleetResult;
  /**
   * As many devices as `auto` admits when the overload begins, but at most as many as `before` has. They arrive with
   * the overload and stay.
   */
  readonly staying: FleetResult;
  readonly stayingDevices: number;
  /** Start of the overload (`nowMs`). */
  readonly fromMs: number;
  /** Time at which the first devices are planned to stop. */
  readonly dropsMs: number;
  /** Time at which all devices of `before` and `extra` have stopped. */
  readonly toMs: number;
  /** Start times of the three fleets on the same clock. */
  readonly zeroMs: { readonly before: number; readonly extra: number; readonly staying: number };
}

/**
 * First as many devices talk as `max_concurrent_sessions: auto` admits after the self-test. Then three times as many
 * talk, and then again at most the first number.
 */
export async function overload(seconds: number, ceiling?: number): Promise<boolean> {
  const bench = await startAcceptanceServer(['log.level=warn']);
  try {
    const watch = new ServerWatch(bench.server, bench.scope);
    const { signal } = bench.scope;
    const selfTested = await watch.selfTested(SELF_TEST_WITHIN_MS, signal);
    const devices = ceiling ?? selfTested;
    console.log(
      `auto: ${selfTested} devices after the self-test; ${devices} talk, then ${3 * devices}; ` +
        `about ${Math.round((TURNS_PER_DEVICE_AND_MINUTE * devices * seconds) / 60)} turns ` +
        `before the overload (${PERCENTILES_FROM} are needed for a p95)`,
    );
    const load = await run(bench, watch, devices, seconds * 1000);
    const requests = await bench.llmRequests();
    await bench.stop();
    return report('overload', linesOf(load, watch, requests, devices), {
      seconds,
      devices,
      selfTested,
      settings: bench.settings,
      fromMs: load.fromMs,
      dropsMs: load.dropsMs,
      toMs: load.toMs,
      zeroMs: load.zeroMs,
      looks: watch.looks,
      before: load.before.turns,
      extra: load.extra.turns,
      staying: load.staying.turns,
    });
  } finally {
    await bench.close();
  }
}

async function run(bench: AcceptanceServer, watch: ServerWatch, devices: number, durationMs: number): Promise<Load> {
  const zeroMs = { before: 0, extra: 0, staying: 0 };
  const fleet = (
    who: keyof typeof zeroMs,
    count: number,
    firstDevice: number,
    warmupMs: number,
    lengthMs: number,
  ): Promise<FleetResult> =>
    bench.fleet(
      { devices: count, scenario: 'steady', firstDevice, seed: firstDevice + 1, warmupMs, durationMs: lengthMs },
      ({ elapsedMs }) => (zeroMs[who] ||= clock.nowMs() - elapsedMs),
    );
  const before = fleet('before', devices, 0, WARMUP_MS, 2 * durationMs);
  await waitUntil(() => zeroMs.before > 0 && clock.nowMs() >= zeroMs.before + WARMUP_MS + durationMs);
  const fromMs = clock.nowMs();
  // Reads the limit again, because the server has learned what conversations cost since its self-test.
  const stayingDevices = Math.min(devices, watch.ceiling(fromMs - SETTLED_MS, fromMs).lowest);
  const extra = fleet('extra', 2 * devices - stayingDevices, 1000, ARRIVE_MS, durationMs - ARRIVE_MS);
  const staying = fleet('staying', stayingDevices, 2000, ARRIVE_MS, durationMs - ARRIVE_MS + AFTER_MS);
  const gone = await Promise.all([before, extra]);
  const toMs = clock.nowMs();
  const dropsMs = Math.min(zeroMs.before + WARMUP_MS + 2 * durationMs, zeroMs.extra + durationMs);
  return { before: gone[0], extra: gone[1], staying: await staying, stayingDevices, fromMs, dropsMs, toMs, zeroMs };
}

/** Sorts the turns by time (before, in and after the overload), and by whether they were admitted. */
function sortTurns({ before, extra: extraFleet, staying: stayingFleet, fromMs, dropsMs, toMs, zeroMs }: Load) {
  const begun = ({ startedAt, dueAt }: FleetTurn): number => startedAt ?? dueAt;
  const old = before.turns.filter(({ warmup }) => !warmup);
  // Only the end of speech decides, so slow turns are not left out.
  const calm = old.filter((turn) => zeroMs.before + begun(turn) + turn.speechMs + WAIT_MS < fromMs);
  const oldInIt = old.filter((turn) => zeroMs.before + begun(turn) >= fromMs);
  // The devices arrive within the overload, so none of their turns is a warm-up.
  const arrived = ({ turns }: FleetResult): FleetTurn[] =>
    turns.map((turn): FleetTurn => ({ ...turn, warmup: false })).filter((turn) => !hungUpOn(turn, turns));
  const [extra, staying] = [arrived(extraFleet), arrived(stayingFleet)];
  const inIt = [
    ...oldInIt.filter((turn) => !hungUpOn(turn, old)),
    ...extra,
    ...staying.filter((turn) => zeroMs.staying + begun(turn) < toMs),
  ].filter(({ outcome }) => outcome !== 'not_started');
  // Turns that begin while the load drops are judged separately. A device that is admitted when others hang up has
  // waited up to 3 s for a slot, as intended.
  const groups = [
    [oldInIt, zeroMs.before],
    [extra, zeroMs.extra],
    [staying, zeroMs.staying],
  ] as const;
  const begunMs = new Map(groups.flatMap(([turns, zero]) => turns.map((turn) => [turn, zero + begun(turn)] as const)));
  const drops = (turn: FleetTurn): boolean => (begunMs.get(turn) ?? 0) >= dropsMs;
  const admitted = inIt.filter(({ alerts }) => alerts === undefined);
  return {
    calm,
    oldInIt,
    inIt,
    admitted,
    whileFull: admitted.filter((turn) => !drops(turn)),
    whileItDrops: admitted.filter(drops),
    busy: inIt.filter(({ alerts }) => alerts !== undefined),
    later: staying.filter(
      (turn) => zeroMs.staying + begun(turn) >= toMs + SERVED_AFTER_MS && turn.outcome !== 'not_started',
    ),
  };
}

function linesOf(load: Load, watch: ServerWatch, requests: LlmRequests, devices: number): Line[] {
  const { fromMs, dropsMs, toMs } = load;
  const sorted = sortTurns(load);
  const unserved = sorted.later.filter((turn) => !isAnswered(turn)).length;
  const share = watch.cores(fromMs, dropsMs) / availableParallelism();
  const [ceiling, after] = [watch.ceiling(fromMs, dropsMs), watch.ceiling(toMs + SERVED_AFTER_MS, toMs + AFTER_MS)];
  const own = [load.before, load.extra, load.staying].flatMap(({ reasons }) => reasons.map(({ detail }) => detail));
  return [
    { what: 'devices before, in the overload, after it', value: `${devices}, ${3 * devices}, ${load.stayingDevices}` },
    {
      what: 'ceiling in the overload until it drops, lowest / median / highest',
      value: `${ceiling.lowest} / ${ceiling.median} / ${ceiling.highest}`,
    },
    ...turnLines(sorted, requests),
    atMost('CPU of the server in the overload, of the cores', share, TARGET, '', 2),
    { what: 'ceiling from 5 s after it on', value: `${after.lowest} / ${after.median} / ${after.highest}` },
    {
      what: 'turns begun 5 s after the load had dropped and not answered',
      value: `${unserved} of ${sorted.later.length}`,
      bound: 'at most 0',
      holds: sorted.later.length > 0 && unserved === 0,
    },
    { what: 'the fleets themselves', value: own.join('; ') || 'were punctual', holds: own.length === 0 },
  ];
}

function turnLines(
  { calm, oldInIt, inIt, admitted, whileFull, whileItDrops, busy }: ReturnType<typeof sortTurns>,
  requests: LlmRequests,
): Line[] {
  const talkers = new Set(calm.filter(isAnswered).map(({ device }) => device));
  const turnedAway = oldInIt.filter(({ device, alerts }) => alerts !== undefined && talkers.has(device)).length;
  const failed = admitted.filter((turn) => !isAnswered(turn)).length;
  const silent = busy.filter(({ firstSoundMs }) => firstSoundMs === undefined).length;
  const busyMs = busy.flatMap(({ firstSoundMs }) => firstSoundMs ?? []);
  const silenceMs = Math.max(0, ...inIt.map(({ firstSoundMs }) => firstSoundMs ?? Infinity));
  const holes = inIt.reduce((sum, { underruns }) => sum + underruns.length, 0);
  const [netBefore, netInIt] = [netFirstSounds(calm, requests), netFirstSounds(whileFull, requests)];
  return [
    {
      what: 'turns in the overload',
      value: `${inIt.length}: ${admitted.length} admitted, ${busy.length} told that the server is busy`,
    },
    { what: 'end of speech to first sound before it, p50 / p95', value: halfAndMost(netBefore) },
    { what: 'of those admitted in it, until it drops', value: halfAndMost(netInIt) },
    against(netBefore, netInIt),
    {
      what: 'of those admitted while it drops, the wait for a place included',
      value: halfAndMost(netFirstSounds(whileItDrops, requests)),
    },
    atMost('holes in what they heard', holes, 0, ''),
    atMost('admitted and without a whole answer', failed, 0, ''),
    atMost('turned away although they were talking before', turnedAway, 0, ''),
    { what: 'end of speech to "busy", p50 / p95', value: halfAndMost(busyMs) },
    atMost('the longest', Math.max(0, ...busyMs), BUSY_WITHIN_MS, 'ms'),
    atMost('answered "busy", but not heard', silent, 0, ''),
    atMost('longest silence of anybody', silenceMs, BUSY_WITHIN_MS, 'ms'),
  ];
}

/** True if the answer was played until its end or an interruption, and nothing of it was lost. */
function isAnswered({ complete }: FleetTurn): boolean {
  return complete;
}

/** The line fails if there are too few turns for a 95th percentile, because the run then proves nothing. */
function against(before: readonly number[], inIt: readonly number[]): Line {
  const line = atMost(
    'p95 of those admitted, against before',
    percentile(inIt, 0.95) / percentile(before, 0.95),
    P95_AGAINST,
    'x',
    2,
  );
  const least = Math.min(before.length, inIt.length);
  return least < PERCENTILES_FROM
    ? {
        ...line,
        value: `${line.value}, too few turns to say (${least} of ${PERCENTILES_FROM}): let it run longer`,
        holds: false,
      }
    : line;
}

/**
 * True if the server hung up in this turn after it had said "busy" in the turn before. A simulated device that is late
 * may begin to speak just before the server hangs up.
 */
export function hungUpOn(turn: FleetTurn, all: readonly FleetTurn[]): boolean {
  if (turn.outcome !== 'closed') return false;
  const before = all.find((other) => other.device === turn.device && other.turn === turn.turn - 1);
  return before?.alerts !== undefined;
}

async function waitUntil(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 100));
}
