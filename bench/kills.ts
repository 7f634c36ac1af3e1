import { Cancelled, systemClock } from '../src/core/index.js';
import { type FleetTurn } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { startAcceptanceServer } from './servers.js';
import { type Kill, killChildren, KINDS } from './killer.js';
import { atMost, fleetLine, type Line, report } from './results.js';

/** Interval in which one child process of each type is killed. */
const EVERY_MS = 20_000;
const WARMUP_MS = 15_000;
const LANGUAGE = 'en-US';
/**
 * After this much playing time, a reply has been generated completely. The simulated voice is ten times faster than
 * real time, and the simulated language model writes a reply within a second.
 */
const MADE_AFTER_MS = 3000;

/** Devices talk while child processes are killed. Every turn must get an answer or an apology. */
export async function kills(devices: number, seconds: number): Promise<boolean> {
  // Admission control is off, because a device that the server refuses would not be affected by a kill.
  const bench = await startAcceptanceServer(['max_concurrent_sessions=10000', 'load.target=off', 'log.level=warn']);
  try {
    const over = new AbortController();
    let zeroMs: number | undefined;
    let killing: Promise<readonly Kill[]> = Promise.resolve([]);
    const fleet = await bench.fleet(
      {
        devices,
        durationMs: seconds * 1000,
        warmupMs: WARMUP_MS,
        scenario: 'steady',
        firstDevice: 0,
        language: LANGUAGE,
      },
      ({ elapsedMs, untilMs }) => {
        if (elapsedMs >= untilMs) over.abort(new Cancelled('the last turns end without kills'));
        if (zeroMs !== undefined || elapsedMs < WARMUP_MS) return;
        zeroMs = systemClock.nowMs() - elapsedMs;
        killing = killChildren(bench.server.pid, EVERY_MS, over.signal);
      },
    );
    over.abort(new Cancelled('run over'));
    const killed = (await killing).map(({ atMs, ...kill }) => ({ ...kill, atMs: atMs - (zeroMs ?? 0) }));
    await bench.stop();
    const turns = fleet.turns.filter(({ warmup, outcome }) => !warmup && outcome !== 'not_started');
    return report(`kills-${devices}`, [...linesOf(turns, killed), fleetLine(fleet)], {
      seconds,
      kills: killed,
      settings: bench.settings,
      totals: fleet.totals,
      turns: fleet.turns,
    });
  } finally {
    await bench.close();
  }
}

function linesOf(turns: readonly FleetTurn[], killed: readonly Kill[]): Line[] {
  const answered = turns.filter(isAnswered);
  const apologised = turns.filter((turn) => !isAnswered(turn) && apologyHeard(turn));
  const others = turns.filter((turn) => !isAnswered(turn) && !apologyHeard(turn));
  const holes = turns.flatMap(({ underruns }) => underruns);
  const inWhatWasMade = turns.flatMap((turn) =>
    apologyHeard(turn) ? turn.underruns : turn.underruns.filter(({ afterMs }) => afterMs >= MADE_AFTER_MS),
  );
  const sounds = turns.flatMap((turn) =>
    isAnswered(turn) && turn.firstSoundMs !== undefined ? [turn.firstSoundMs] : [],
  );
  return [
    {
      what: 'killed',
      value: KINDS.map(
        (kind) => `${killed.filter((kill) => kill.kind === kind && kill.pid !== undefined).length} ${kind}`,
      ).join(', '),
    },
    atMost('kills that found no process', killed.filter(({ pid }) => pid === undefined).length, 0, ''),
    { what: 'turns', value: `${turns.length}: ${answered.length} answered, ${apologised.length} with an apology` },
    atMost('turns with neither answer nor apology', others.length, 0, ''),
    { what: 'outcomes of these', value: countsOf(others) },
    atMost('stuck', turns.filter(({ outcome }) => outcome === 'stuck' || outcome === 'no_answer').length, 0, ''),
    atMost(
      'connections lost',
      turns.filter(({ outcome }) => outcome === 'closed' || outcome === 'refused').length,
      0,
      '',
    ),
    atMost('holes in sound that was already generated (apologies, and replies after 3 s)', inWhatWasMade.length, 0, ''),
    {
      what: 'holes in sound that was still being generated',
      value: holesInWords(holes.filter((hole) => !inWhatWasMade.includes(hole)).map(({ ms }) => ms)),
    },
    {
      what: 'end of speech to first sound of answered turns, p50 / p95 (the language model takes 300 ms or more of it)',
      value: `${percentile(sounds, 0.5).toFixed(0)} / ${percentile(sounds, 0.95).toFixed(0)} ms`,
    },
    atMost(
      'violations of the protocol',
      turns.reduce((sum, { violations }) => sum + (violations?.length ?? 0), 0),
      0,
      '',
    ),
  ];
}

/**
 * True if the reply was played until its end or an interruption, and nothing of it was lost. An apology does not count.
 */
function isAnswered(turn: FleetTurn): boolean {
  return turn.complete;
}

/** Whether an apology was played, not only shown. */
function apologyHeard({ outcome, packets }: FleetTurn): boolean {
  return packets > 0 && outcome === 'apology';
}

function holesInWords(lengthsMs: readonly number[]): string {
  return lengthsMs.length === 0 ? 'none' : `${lengthsMs.length}, ${Math.max(...lengthsMs).toFixed(0)} ms the longest`;
}

function countsOf(turns: readonly FleetTurn[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, silentSentences } of turns) {
    const what = silentSentences > 0 ? `${outcome} with a silent sentence` : outcome;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ') || 'none';
}
