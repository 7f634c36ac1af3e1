import type { FleetResult } from '../fleet/index.js';
import { invalidReasonInChinese } from '../fleet/index.js';
import { percentile } from '../statistics.js';
import type { Text } from '../report/index.js';

/** When a server is good enough. No underrun, overflow, rejected or failed turn is allowed in any. */
export interface ServiceLevel {
  /** End of real speech to first sound, the language model's own time taken off. */
  readonly firstSoundP50Ms: number;
  readonly firstSoundP95Ms: number;
  /** Cores used by the server's processes over the cores (or the quota) it may use. */
  readonly cpuShare: number;
  /** Turns a minute over those that a server without load would have let happen. */
  readonly turnRate: number;
  /** Word errors over words; undefined: the text is meaningless and is not judged. */
  readonly wordErrorRate?: number | undefined;
  /** Jain's index of the devices' median first sound, at least. */
  readonly fairness: number;
  /** Memory of the last minute over that of the third, minus one; judged in runs of four minutes or more. That it shrinks is no fault. */
  readonly memoryGrowth: number;
}

/** What is promised for 40 devices on two cores, but for the CPU: that is the default of `load.target`. */
export const SERVICE_LEVEL: ServiceLevel = {
  firstSoundP50Ms: 1000,
  firstSoundP95Ms: 1600,
  cpuShare: 0.7,
  turnRate: 0.9,
  fairness: 0.95,
  memoryGrowth: 0.02,
};

export const TARGET_IDS = [
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
] as const;
export type TargetId = (typeof TARGET_IDS)[number];

export interface BenchTarget {
  readonly id: TargetId;
  /** ms, share (0 to 1) or a count; undefined: not measured. */
  readonly measured?: number | undefined;
  readonly bound: number;
  /** `unknown`: not measured, or from too few turns to be said. */
  readonly outcome: 'holds' | 'missed' | 'unknown';
}

export interface BenchVerdict {
  /** `invalid`: nothing can be said of the server; `reasons` say why. */
  readonly outcome: 'holds' | 'missed' | 'invalid';
  readonly reasons: readonly string[];
  /** The same in Chinese. */
  readonly reasonsZh: readonly string[];
  readonly targets: readonly BenchTarget[];
}

export interface Evidence {
  readonly fleet: Pick<FleetResult, 'valid' | 'reasons' | 'totals'>;
  /** First sounds of the counted turns with the language model's own time taken off. */
  readonly firstSoundNetMs: readonly number[];
  /** Without a complete reply, those that were told "busy" not counted. */
  readonly failedTurns: number;
  readonly cpuShare: number | undefined;
  /** Jain's index of the devices' medians of {@link firstSoundNetMs}. */
  readonly fairness: number | undefined;
  /** Undefined: too short a run, or a server whose memory cannot be seen. */
  readonly memoryGrowth: number | undefined;
  /** What else makes the run worthless: late stand-ins, a server that ended. */
  readonly invalid: readonly Text[];
  readonly minTurns: number;
}

const TOO_FEW = 'too few turns for a percentile';

/** Judges a run. A missed target needs no 200 turns; a kept one does. */
export function judge(evidence: Evidence, level: ServiceLevel): BenchVerdict {
  const { fleet, firstSoundNetMs: net, cpuShare, fairness, memoryGrowth, minTurns } = evidence;
  const { totals } = fleet;
  // Where nobody says anything there is nothing to wait for.
  const silent = totals.turnsPerMinute.planned === 0 && totals.turns === 0;
  const enough = silent || net.length >= minTurns;
  const { planned, actual } = totals.turnsPerMinute;
  const rate = planned > 0 ? actual / planned : undefined;
  const targets: BenchTarget[] = [
    upTo('first_sound_p50', net.length > 0 ? percentile(net, 0.5) : undefined, level.firstSoundP50Ms, enough),
    upTo('first_sound_p95', net.length > 0 ? percentile(net, 0.95) : undefined, level.firstSoundP95Ms, enough),
    upTo('underruns', totals.underruns, 0),
    upTo('overflows', totals.overflows, 0),
    upTo('failed_turns', evidence.failedTurns, 0),
    upTo('rejected_turns', totals.rejected, 0),
    upTo(
      'violations',
      Object.values(totals.violations).reduce((sum, count) => sum + (count ?? 0), 0),
      0,
    ),
    atLeast('turn_rate', rate, level.turnRate),
    // Where nobody is answered nobody is preferred.
    ...(silent ? [] : [atLeast('fairness', fairness, level.fairness, enough)]),
    upTo('cpu', cpuShare, level.cpuShare),
    ...(memoryGrowth === undefined ? [] : [upTo('memory_growth', memoryGrowth, level.memoryGrowth)]),
    ...(level.wordErrorRate === undefined
      ? []
      : [upTo('word_errors', totals.words?.rate, level.wordErrorRate, enough)]),
  ];
  const reasons: Text[] = [
    ...(fleet.valid ? [] : fleet.reasons.map((reason) => ({ en: reason.detail, zh: invalidReasonInChinese(reason) }))),
    ...evidence.invalid,
  ];
  if (reasons.length > 0) return invalid(reasons, targets);
  if (targets.some(({ outcome }) => outcome === 'missed'))
    return { outcome: 'missed', reasons: [], reasonsZh: [], targets };
  if (!enough)
    return invalid(
      [
        {
          en: `${TOO_FEW}: ${net.length} of ${minTurns}`,
          zh: `对话太少，不能算百分位：${net.length} 次，需要 ${minTurns} 次`,
        },
      ],
      targets,
    );
  return { outcome: 'holds', reasons: [], reasonsZh: [], targets };
}

function invalid(reasons: readonly Text[], targets: readonly BenchTarget[]): BenchVerdict {
  const inLanguage = (language: 'en' | 'zh'): string[] =>
    reasons.map((reason) => (typeof reason === 'string' ? reason : reason[language]));
  return { outcome: 'invalid', reasons: inLanguage('en'), reasonsZh: inLanguage('zh'), targets };
}

/** Whether a reason of a verdict says that there were too few turns: nothing was disturbed then. */
export function isTooFew(reason: string): boolean {
  return reason.startsWith(TOO_FEW);
}

function upTo(id: TargetId, measured: number | undefined, bound: number, known = true): BenchTarget {
  return {
    id,
    measured,
    bound,
    outcome: measured === undefined || !known ? 'unknown' : measured <= bound ? 'holds' : 'missed',
  };
}

function atLeast(id: TargetId, measured: number | undefined, bound: number, known = true): BenchTarget {
  return {
    id,
    measured,
    bound,
    outcome: measured === undefined || !known ? 'unknown' : measured >= bound ? 'holds' : 'missed',
  };
}
