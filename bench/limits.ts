import { systemClock as clock } from '../src/core/index.js';
import { type FleetTurn } from '../src/measure/fleet/index.js';
import { percentile, PERCENTILES_FROM } from '../src/measure/statistics.js';
import { startAcceptanceServer } from './servers.js';
import { ControlGroup } from './control-group.js';
import { halfAndMost, netFirstSounds } from './net-first-sound.js';
import { hungUpOn } from './overload.js';
import { atMost, fleetLine, type Line, report } from './results.js';
import { ServerWatch } from './server-watch.js';

/** Limits of the control group, as in the configuration profile `2c4g`. */
const CORES = 1.5;
const MEMORY_BYTES = 3 * 1024 ** 3;
/** Largest allowed share of these limits. */
const TARGET = 0.7;
const WARMUP_MS = 20_000;
const SELF_TEST_WITHIN_MS = 180_000;
const FIRST_SOUND_MS = { p50: 1000, p95: 1600 };
/**
 * Longest wait for an answer with profile `2c4g` (docs/capacity.md, `limits`). The device may have to wait for the end
 * of another device's turn.
 */
const FIRST_ANSWER_MS = 5000;
/** Longest wait for the sentence that the server is busy. */
const BUSY_WITHIN_MS = 4000;

/**
 * Runs the server with 1.5 CPU cores and 3 GB. With `auto`, as many devices talk as the server admits. With `2c4g`, the
 * server uses this profile, and two devices talk.
 */
export async function limits(what: string, seconds: number): Promise<boolean> {
  if (what !== 'auto' && what !== '2c4g') throw new Error('limits auto | 2c4g');
  const group = ControlGroup.make(CORES, '3g');
  try {
    return await inside(group, what, seconds);
  } finally {
    group.remove();
  }
}

async function inside(group: ControlGroup, what: 'auto' | '2c4g', seconds: number): Promise<boolean> {
  const bench = await startAcceptanceServer(['log.level=warn', ...(what === '2c4g' ? ['profile=2c4g'] : [])], {
    launcher: group.launcher,
  });
  try {
    const watch = new ServerWatch(bench.server, bench.scope);
    const ceiling = what === 'auto' ? await watch.selfTested(SELF_TEST_WITHIN_MS, bench.scope.signal) : undefined;
    const devices = ceiling ?? 2;
    console.log(`${what}: ${devices} devices talk for ${seconds} s`);
    const startMs = clock.nowMs();
    const fleet = await bench.fleet({
      devices,
      scenario: 'steady',
      firstDevice: 0,
      warmupMs: WARMUP_MS,
      durationMs: seconds * 1000,
    });
    const [fromMs, toMs] = [startMs + WARMUP_MS, startMs + WARMUP_MS + seconds * 1000];
    const requests = await bench.llmRequests();
    // The group is read before the server stops, because version 1 counts only the tasks that still exist.
    const groupState = group.tell();
    await bench.stop();
    const turns = fleet.turns.filter(
      (turn) => !turn.warmup && turn.outcome !== 'not_started' && !hungUpOn(turn, fleet.turns),
    );
    const lines: Line[] = [
      { what: 'devices', value: `${devices}, ${seconds} s` },
      ...(what === 'auto' ? [ceilingLine(watch, fromMs, toMs)] : []),
      ...turnLines(what, turns, requests),
      atMost('overflows', fleet.totals.overflows, 0, ''),
      atMost('CPU, of 1.5 cores', watch.cores(fromMs, toMs) / CORES, TARGET, '', 2),
      atMost('memory at most, of 3 GB', watch.mostBytes(fromMs, toMs) / MEMORY_BYTES, TARGET, '', 2),
      { what: 'the group', value: groupState },
      fleetLine(fleet),
    ];
    return report(`limits-${what}`, lines, {
      seconds,
      devices,
      settings: bench.settings,
      looks: watch.looks,
      totals: fleet.totals,
      turns: fleet.turns,
    });
  } finally {
    await bench.close();
  }
}

function ceilingLine(watch: ServerWatch, fromMs: number, toMs: number): Line {
  const { lowest, median, highest } = watch.ceiling(fromMs, toMs);
  return { what: 'ceiling meanwhile, lowest / median / highest', value: `${lowest} / ${median} / ${highest}` };
}

function turnLines(
  what: 'auto' | '2c4g',
  turns: readonly FleetTurn[],
  requests: Parameters<typeof netFirstSounds>[1],
): Line[] {
  const admitted = turns.filter(({ alerts }) => alerts === undefined);
  const busy = turns.filter(({ alerts }) => alerts !== undefined);
  const holes = turns.reduce((sum, { underruns }) => sum + underruns.length, 0);
  const net = netFirstSounds(turns, requests);
  const waiting = 'the longest, including the language model and the wait for the other turn';
  return [
    {
      what: 'turns',
      value: `${turns.length}, ${busy.length} of them told that the server is busy`,
      ...(what === 'auto' && { holds: busy.length === 0 }),
    },
    atMost('without a whole answer', admitted.filter(({ complete }) => !complete).length, 0, ''),
    atMost('holes', holes, 0, ''),
    { what: 'end of speech to first sound, p50 / p95', value: halfAndMost(net) },
    ...(what === 'auto'
      ? [atMost('p50', percentile(net, 0.5), FIRST_SOUND_MS.p50, 'ms'), p95Line(net)]
      : [atMost(waiting, longest(admitted), FIRST_ANSWER_MS, 'ms')]),
    ...(busy.length > 0 ? [atMost('end of speech to "busy", the longest', longest(busy), BUSY_WITHIN_MS, 'ms')] : []),
  ];
}

/** Returns Infinity if a turn had no sound, or if there was no turn. */
function longest(turns: readonly FleetTurn[]): number {
  return turns.length === 0 ? Infinity : Math.max(...turns.map(({ firstSoundMs }) => firstSoundMs ?? Infinity));
}

function p95Line(net: readonly number[]): Line {
  // With too few turns for a 95th percentile, the slowest turn is judged instead.
  if (net.length < PERCENTILES_FROM)
    return atMost(
      `the slowest (fewer than ${PERCENTILES_FROM} turns: no p95)`,
      Math.max(...net),
      FIRST_SOUND_MS.p95,
      'ms',
    );
  return atMost('p95', percentile(net, 0.95), FIRST_SOUND_MS.p95, 'ms');
}
