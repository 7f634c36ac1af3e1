import type { Bilingual } from '../../core/index.js';
import type { FleetResult } from '../fleet/index.js';
import type { VerdictOutcome } from '../report/index.js';
import { percentile, sum } from '../statistics.js';
import { type Outcome, outcomeOf, type TargetId, TARGETS } from '../targets.js';
import { outcomeOfRun, reasonsOfFleet } from '../verdict.js';
import { disturbedWords } from './words/disturbed.js';

/** No service level allows an underrun, an overflow, or a rejected or failed turn. */
export interface ServiceLevel {
  /** Median time from the end of real speech to the first sound, without the language model's own time. */
  readonly firstSoundP50Ms: number;
  readonly firstSoundP95Ms: number;
  /** Cores used by the server's processes, divided by the cores (or the quota) that they may use. */
  readonly cpuShare: number;
  /** Turns a minute, divided by the number that a server without load would reach. */
  readonly turnRate: number;
  /** Word errors divided by words. Undefined if the text is meaningless and is not judged. */
  readonly wordErrorRate?: number | undefined;
  /** Least allowed Jain's index of the devices' median times to the first sound. */
  readonly fairness: number;
  /** Growth of memory from the third minute to the last, as a share. Judged only in runs of four minutes or more. */
  readonly memoryGrowth: number;
}

/** The service level promised for 40 devices on two cores. */
export const SERVICE_LEVEL: ServiceLevel = {
  firstSoundP50Ms: TARGETS.first_sound_p50.limit,
  firstSoundP95Ms: TARGETS.first_sound_p95.limit,
  cpuShare: TARGETS.cpu.limit,
  turnRate: TARGETS.turn_rate.limit,
  fairness: TARGETS.fairness.limit,
  memoryGrowth: TARGETS.memory_growth.limit,
};

export const BENCH_TARGET_IDS = [
  'first_sound_p50',
  'first_sound_p95',
  'underruns',
  'overflows',
  'failed_turns',
  'rejected_turns',
  'violations',
  'turn_rate',
  'fairness',
  'cpu',
  'memory_growth',
  'word_errors',
] as const satisfies readonly TargetId[];
export type BenchTargetId = (typeof BENCH_TARGET_IDS)[number];

export interface BenchTarget {
  readonly id: BenchTargetId;
  /** In ms, as a share (0 to 1) or as a count. Undefined if nothing was measured. */
  readonly measured?: number | undefined;
  readonly bound: number;
  /** `unknown` means that the value was not measured, or comes from too few turns. */
  readonly outcome: Outcome;
}

export interface BenchVerdict {
  /** `invalid` means that the run says nothing about the server. `reasons` say why. */
  readonly outcome: VerdictOutcome;
  readonly reasons: readonly string[];
  readonly reasonsZh: readonly string[];
  readonly targets: readonly BenchTarget[];
}

export interface Evidence {
  readonly fleet: Pick<FleetResult, 'valid' | 'reasons' | 'totals'>;
  readonly firstSoundNetMs: readonly number[];
  /** Turns without a complete reply, except turns that were told "busy". */
  readonly failedTurns: number;
  readonly cpuShare: number | undefined;
  readonly fairness: number | undefined;
  /** Undefined if the run was too short, or the server's memory cannot be seen. */
  readonly memoryGrowth: number | undefined;
  /** Reasons other than the fleet's, for example late stand-ins. */
  readonly invalid: readonly Bilingual[];
  readonly minTurns: number;
}

/** A run of fewer than `minTurns` turns can miss targets, but cannot meet them. */
export function judge(evidence: Evidence, level: ServiceLevel): BenchVerdict {
  const { fleet, firstSoundNetMs: net, cpuShare, fairness, memoryGrowth, minTurns } = evidence;
  const { totals } = fleet;
  // If nobody speaks, nobody waits for an answer, so no number of turns is required.
  const silent = totals.turnsPerMinute.planned === 0 && totals.turns === 0;
  const enough = silent || net.length >= minTurns;
  const { planned, actual } = totals.turnsPerMinute;
  const rate = planned > 0 ? actual / planned : undefined;
  const targets: BenchTarget[] = [
    target('first_sound_p50', net.length > 0 ? percentile(net, 0.5) : undefined, level.firstSoundP50Ms, enough),
    target('first_sound_p95', net.length > 0 ? percentile(net, 0.95) : undefined, level.firstSoundP95Ms, enough),
    target('underruns', totals.underruns),
    target('overflows', totals.overflows),
    target('failed_turns', evidence.failedTurns),
    target('rejected_turns', totals.rejected),
    target('violations', sum(Object.values(totals.violations))),
    target('turn_rate', rate, level.turnRate),
    // Without answers, fairness is not judged.
    ...(silent ? [] : [target('fairness', fairness, level.fairness, enough)]),
    target('cpu', cpuShare, level.cpuShare),
    ...(memoryGrowth === undefined ? [] : [target('memory_growth', memoryGrowth, level.memoryGrowth)]),
    ...(level.wordErrorRate === undefined
      ? []
      : [target('word_errors', totals.words?.rate, level.wordErrorRate, enough)]),
  ];
  const reasons = [...reasonsOfFleet(fleet), ...evidence.invalid];
  const outcome = outcomeOfRun(reasons, targets);
  if (outcome !== 'invalid' && outcome !== 'missed' && !enough)
    return verdict('invalid', targets, [disturbedWords.tooFew(net.length, minTurns)]);
  return verdict(outcome ?? 'holds', targets, reasons);
}

function verdict(
  outcome: VerdictOutcome,
  targets: readonly BenchTarget[],
  reasons: readonly Bilingual[],
): BenchVerdict {
  return { outcome, reasons: reasons.map(({ en }) => en), reasonsZh: reasons.map(({ zh }) => zh), targets };
}

/** `known` is false if there are too few turns to judge the target. */
function target(
  id: BenchTargetId,
  measured: number | undefined,
  bound: number = TARGETS[id].limit,
  known = true,
): BenchTarget {
  return { id, measured, bound, outcome: known ? outcomeOf(id, measured, bound) : 'unknown' };
}

/** True for the reason that there were too few turns. Such a run was not disturbed. */
export function isTooFew(reason: string): boolean {
  return reason.startsWith(disturbedWords.tooFewTurns.en);
}
