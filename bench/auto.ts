import { readFileSync } from 'node:fs';
import { type BenchResult, parseBenchResult } from '../src/measure/bench/index.js';
import type { LlmRequestRecord } from '../src/measure/bench/stand-ins/index.js';
import { systemClock as clock } from '../src/core/index.js';
import type { FleetResult } from '../src/measure/fleet/index.js';
import { describeMachine } from '../src/platform/machine/index.js';
import { startAcceptanceServer } from './servers.js';
import { halfAndMost, netFirstSounds } from './net-first-sound.js';
import { atMost, fleetLine, type Line, report } from './results.js';
import { ServerWatch } from './server-watch.js';

const WARMUP_MS = 20_000;
const SELF_TEST_WITHIN_MS = 120_000;
const BOUNDS = { from: 0.8, to: 1 };
/** The default of `load.target`. */
const TARGET = 0.7;

/**
 * Lets as many devices talk as `max_concurrent_sessions: auto` admits after the self-test. Then compares this number,
 * and the number admitted in the last third of the talk, with a capacity search. `found` names the file with the result
 * of `chorus bench --find-capacity --json` for the same model and the default target.
 */
export async function auto(
  found: string | undefined,
  seconds: number,
  settings: readonly string[] = [],
): Promise<boolean> {
  const search = found === undefined ? undefined : parseBenchResult(readFileSync(found, 'utf8'), found);
  const capacity = search?.capacity;
  if (search && !capacity) throw new Error(`${found} is not the result of a --find-capacity`);
  const bench = await startAcceptanceServer(['log.level=warn', ...settings]);
  try {
    const watch = new ServerWatch(bench.server, bench.scope);
    const selfTested = await watch.selfTested(SELF_TEST_WITHIN_MS, bench.scope.signal);
    const fromMs = clock.nowMs();
    const fleet = await bench.fleet({
      devices: selfTested,
      scenario: 'steady',
      firstDevice: 0,
      warmupMs: WARMUP_MS,
      durationMs: seconds * 1000,
    });
    const toMs = fromMs + WARMUP_MS + seconds * 1000;
    const requests = await bench.llmRequests();
    await bench.stop();
    const measured = { selfTested, fleet, requests, watch, fromMs: fromMs + WARMUP_MS, toMs, seconds };
    const settled = watch.ceiling(toMs - (seconds * 1000) / 3, toMs);
    return report(
      'auto',
      [...(search ? foundLines(search, bench.settings) : []), ...talkLines(measured, settled, capacity?.devices)],
      { found: capacity, settings: bench.settings, selfTested, settled, looks: watch.looks, totals: fleet.totals },
    );
  } finally {
    await bench.close();
  }
}

interface Measured {
  readonly selfTested: number;
  readonly fleet: FleetResult;
  readonly requests: readonly LlmRequestRecord[];
  readonly watch: ServerWatch;
  /** Start of the measured time (after the warm-up), by the clock of `ServerWatch`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
}

function talkLines(
  { selfTested, fleet, requests, watch, fromMs, toMs, seconds }: Measured,
  settled: ReturnType<ServerWatch['ceiling']>,
  found: number | undefined,
): Line[] {
  const last = watch.looks.findLast(({ atMs }) => atMs <= toMs);
  const turns = fleet.turns.filter(({ warmup }) => !warmup);
  const holes = turns.reduce((sum, { underruns }) => sum + underruns.length, 0);
  return [
    ratio('after the self-test', selfTested, found),
    ratio(`when ${selfTested} have talked for ${seconds} s (median of the last third)`, settled.median, found),
    { what: 'the same, lowest and highest', value: `${settled.lowest} to ${settled.highest}` },
    {
      what: 'cores of a conversation by the self-test, measured',
      value:
        watch.looks.findLast(({ cost }) => cost.selfTest > 0)?.cost.selfTest.toFixed(4) +
        `, ${last && last.cost.measured > 0 ? last.cost.measured.toFixed(4) : 'not measured yet'}`,
    },
    { what: 'CPU of the server meanwhile', value: `${watch.cores(fromMs, toMs).toFixed(2)} cores` },
    {
      what: 'CPU of the fleet, which auto takes for that of other programs',
      value: `${fleet.own.cpuCores.toFixed(2)} cores`,
    },
    { what: 'end of speech to first sound, p50 / p95', value: halfAndMost(netFirstSounds(turns, requests)) },
    atMost('turned away', turns.filter(({ alerts }) => alerts !== undefined).length, 0, ''),
    atMost('apologised to', turns.filter(({ outcome }) => outcome === 'apology').length, 0, ''),
    atMost('holes', holes, 0, ''),
    fleetLine(fleet),
  ];
}

function ratio(when: string, devices: number, found: number | undefined): Line {
  if (found === undefined) return { what: `auto ${when}`, value: `${devices} devices` };
  const share = devices / found;
  return {
    what: `auto ${when}, against --find-capacity`,
    value: `${devices} of ${found}: ${share.toFixed(2)}`,
    bound: `${BOUNDS.from} to ${BOUNDS.to}`,
    holds: share >= BOUNDS.from && share <= BOUNDS.to,
  };
}

/** Shows the steps of the capacity search, and whether its conditions were those of this run. */
function foundLines({ capacity, machine, options, serviceLevel }: BenchResult, settings: readonly string[]): Line[] {
  const steps =
    capacity?.steps.map(
      ({ kind, devices, holds, missed }) =>
        `${kind} ${devices} ${holds ? 'held' : missed.join(' and ') || 'said nothing'}`,
    ) ?? [];
  const unlike = [
    ...(settings.includes(`asr.model=${options.asrModel}`) ? [] : [`it recognised with ${options.asrModel}`]),
    ...(serviceLevel.cpuShare === TARGET ? [] : [`its CPU target was ${serviceLevel.cpuShare}`]),
    ...(machine.usableCores === describeMachine().cores ? [] : [`it had ${machine.usableCores} cores`]),
  ];
  return [
    { what: '--find-capacity', value: steps.join(', ') },
    {
      what: 'what it found',
      value: capacity?.confirmed ? 'is confirmed' : 'is not confirmed',
      holds: capacity?.confirmed === true,
    },
    {
      what: 'it was measured',
      value: unlike.length === 0 ? 'alike' : `otherwise: ${unlike.join('; ')}`,
      holds: unlike.length === 0,
    },
  ];
}
