import { sleep, systemClock } from '../src/core/index.js';
import type { FleetResult, FleetTurn } from '../src/measure/fleet/index.js';
import { createSampler } from '../src/platform/machine/index.js';
import { reloadOnce, type DoneReload, type ReloadWay } from './reloading.js';
import { atMost, report, type Line } from './results.js';
import { MIXED_QUEUES } from '../src/measure/bench/index.js';
import { startAcceptanceServer } from './servers.js';

/** Time in which devices connect and begin to talk (the fleet's warm-up). */
const WARM_UP_MS = 15_000;
/**
 * Interval between reloads. It is shorter than a turn (about 12 s), so that reloads occur at all moments of a turn. A
 * slow reload delays the next.
 */
const EVERY_MS = 5000;
/**
 * Time planned for `chorus config apply` while devices talk. The command also tests the new configuration with a turn.
 */
const APPLY_MS = 13_000;
const WAYS: readonly ReloadWay[] = ['SIGHUP', 'apply', 'SIGHUP', 'apply --no-verify'];

/** All devices talk while the configuration changes. No reload may affect their sound or answers. */
export async function reload(devices: number, times: number): Promise<boolean> {
  const talking = await startAcceptanceServer(['load.target=off'], {}, 'package');
  const { server } = talking;
  try {
    const rounds = Array.from({ length: times }, (_, round): ReloadWay => WAYS[round % WAYS.length] ?? 'SIGHUP');
    const plannedMs = rounds.reduce((sum, way) => sum + (way === 'apply' ? APPLY_MS : EVERY_MS), EVERY_MS);
    let beganMs = systemClock.nowMs();
    let begun = (): void => undefined;
    const counting = new Promise<void>((resolve) => (begun = resolve));
    const talk = talking.fleet(
      { scenario: 'steady', devices, firstDevice: 0, durationMs: plannedMs, queues: MIXED_QUEUES },
      ({ elapsedMs }) => {
        beganMs = systemClock.nowMs() - elapsedMs;
        if (elapsedMs >= WARM_UP_MS) begun();
      },
    );
    await Promise.race([counting, talk]);
    const before = await pids(server.pid);
    const reloads: DoneReload[] = [];
    const reloading = async (): Promise<void> => {
      for (const [round, way] of rounds.entries()) {
        const done = await reloadOnce(server, round + 1, way);
        reloads.push(done);
        console.log(
          `${((done.fromMs - beganMs) / 1000).toFixed(1)} s  ${way}: ${done.tookMs.toFixed(0)} ` +
            `ms ${done.wrong ?? 'in force'}`,
        );
        await sleep(systemClock, Math.max(0, done.fromMs + EVERY_MS - systemClock.nowMs()));
      }
    };
    const [fleet] = await Promise.all([talk, reloading()]);
    const after = await pids(server.pid);
    const { totals, own } = fleet;
    const talkedUntilMs = beganMs + WARM_UP_MS + plannedMs;
    return report(
      `reload-${devices}`,
      [
        ...reloadLines(reloads, times, talkedUntilMs),
        ...talkLines(fleet),
        { what: 'the same processes as before', value: before.join(', '), holds: before.join() === after.join() },
      ],
      {
        devices,
        reloads: reloads.map(({ fromMs, ...done }) => ({ ...done, atMs: fromMs - beganMs })),
        totals,
        own,
        failed: fleet.turns.filter(
          ({ warmup, complete, underruns, violations }) =>
            !warmup && (!complete || underruns.length > 0 || violations !== undefined),
        ),
      },
    );
  } finally {
    await talking.close();
  }
}

function reloadLines(reloads: readonly DoneReload[], times: number, talkedUntilMs: number): Line[] {
  const tookMs = (way: ReloadWay): string => {
    const all = reloads.filter((done) => done.way === way).map((done) => done.tookMs);
    return all.length === 0
      ? 'none'
      : `${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)} ms (${all.length})`;
  };
  return [
    {
      what: 'reloads that took effect',
      value: `${reloads.filter(({ wrong }) => wrong === undefined).length} of ${times}`,
      holds: reloads.every(({ wrong }) => wrong === undefined),
    },
    atMost('of them when the devices had ended', reloads.filter(({ fromMs }) => fromMs > talkedUntilMs).length, 0, ''),
    ...[...new Set(WAYS)].map((way) => ({ what: `${way}: file written until in force`, value: tookMs(way) })),
  ];
}

function talkLines({ turns, totals, own, valid, reasons }: FleetResult): Line[] {
  const lost = turns.filter((turn) => !turn.warmup && isLost(turn)).length;
  const violations = Object.values(totals.violations).reduce((sum, count) => sum + count, 0);
  return [
    atMost('turns lost', lost, 0, `of ${totals.turns}`),
    // These turns were answered before the speaker had finished, or never began. A reload causes neither.
    {
      what: 'of the others, answered before the end of speech',
      value: `${totals.outcomes.cut_off ?? 0}; not begun when the run was over: ${totals.notStarted}`,
    },
    atMost('underruns', totals.underruns, 0, ''),
    atMost('packets lost in the devices', totals.lostPackets + totals.overflows, 0, ''),
    atMost('violations of the protocol', violations, 0, ''),
    {
      what: 'the fleet was in time',
      value: valid ? `yes, ${own.cpuCores} cores` : reasons.map(({ detail }) => detail).join('; '),
      holds: valid,
    },
    {
      what: 'end of speech to first sound',
      value:
        totals.firstSoundMs.kind === 'none'
          ? '-'
          : `middle ${totals.firstSoundMs.median.toFixed(0)} ms, most ${totals.firstSoundMs.max.toFixed(0)} ms`,
    },
  ];
}

/**
 * True if the device got no whole answer. A turn that never began does not count, because its device was still busy at
 * the end of the run.
 */
function isLost({ outcome, complete }: FleetTurn): boolean {
  return outcome !== 'cut_off' && outcome !== 'not_started' && !complete;
}

/** The server's processes, e.g. `main 812`, `asr 820`. */
async function pids(rootPid: number): Promise<readonly string[]> {
  const { processes } = await createSampler({ rootPid, clock: systemClock, pssEveryMs: false }).sample();
  return processes.map(({ name, pid }) => `${name} ${pid}`).sort();
}
