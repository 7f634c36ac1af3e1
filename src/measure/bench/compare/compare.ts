import { seededRandom } from '../../../core/index.js';
import { type FleetTurn } from '../../fleet/index.js';
import { percentile } from '../../statistics.js';
import { isSteady } from '../kernels/baseline.js';
import type { BenchResult } from '../result.js';
import { type Ratio, ratioOfPercentiles } from './bootstrap.js';

export const COMPARED = [
  'first_sound_p50',
  'first_sound_p95',
  'stt_p50',
  'cpu',
  'memory',
  'underruns',
  'failed_turns',
  'turns',
  'server_over_kernels',
  'capacity',
] as const;
export type ComparedId = (typeof COMPARED)[number];

export interface ComparedRow {
  readonly id: ComparedId;
  readonly base: number | undefined;
  readonly now: number | undefined;
  /** `now` divided by `base`. Only the ratios of turn times have a confidence interval. */
  readonly ratio?: Ratio | { readonly ratio: number };
  /**
   * `better` and `worse` mean that the whole confidence interval lies on one side of 1. Without an interval,
   * `LONE_TOLERANCE` decides. `unsteady` means that the machine changed during a run. Undefined if nothing is known.
   */
  readonly change?: 'better' | 'worse' | 'same' | 'unsteady';
}

export interface Comparison {
  readonly rows: readonly ComparedRow[];
  /** Conditions that differ between the runs. With any difference, the ratios do not show the code's effect alone. */
  readonly differences: readonly string[];
}

/** The seed is fixed, so that the same two files always give the same intervals. */
const SEED = 1;
/** Numbers without an interval are called the same if they differ by less than this share. */
const LONE_TOLERANCE = 0.05;

export function compareResults(base: BenchResult, now: BenchResult): Comparison {
  const random = seededRandom(SEED, 'compare');
  const fromTurns = (id: ComparedId, fraction: number, of: (turn: FleetTurn) => number | undefined): ComparedRow => {
    const [before, after] = [valuesOf(base, of), valuesOf(now, of)];
    const ratio = ratioOfPercentiles(before, after, fraction, random);
    return {
      id,
      base: before.length > 0 ? percentile(before, fraction) : undefined,
      now: after.length > 0 ? percentile(after, fraction) : undefined,
      ...(ratio && { ratio, change: ratio.high < 1 ? 'better' : ratio.low > 1 ? 'worse' : 'same' }),
    };
  };
  const rows = [
    fromTurns('first_sound_p50', 0.5, ({ firstSoundMs }) => firstSoundMs),
    fromTurns('first_sound_p95', 0.95, ({ firstSoundMs }) => firstSoundMs),
    fromTurns('stt_p50', 0.5, ({ sttMs }) => sttMs),
    lone('cpu', base.server.cores, now.server.cores, 'less'),
    lone('memory', base.server.memoryBytes?.max, now.server.memoryBytes?.max, 'less'),
    lone('underruns', base.fleet.totals.underruns, now.fleet.totals.underruns, 'less'),
    lone(
      'failed_turns',
      base.fleet.totals.turns - base.fleet.totals.complete,
      now.fleet.totals.turns - now.fleet.totals.complete,
      'less',
    ),
    lone('turns', base.fleet.totals.turns, now.fleet.totals.turns, 'more'),
    overKernels(base, now),
    lone('capacity', base.capacity?.devices, now.capacity?.devices, 'more'),
  ];
  return {
    rows: rows.filter((row) => row.base !== undefined || row.now !== undefined),
    differences: differencesOf(base, now),
  };
}

function valuesOf(result: BenchResult, of: (turn: FleetTurn) => number | undefined): number[] {
  return result.fleet.turns.flatMap((turn) => (turn.warmup ? [] : (of(turn) ?? [])));
}

function overKernels(base: BenchResult, now: BenchResult): ComparedRow {
  const row = lone('server_over_kernels', base.kernels?.serverOverKernels, now.kernels?.serverOverKernels, 'less');
  const unsteady = [base, now].some(({ kernels }) => kernels && !isSteady(kernels));
  return row.change !== undefined && unsteady ? { ...row, change: 'unsteady' } : row;
}

function lone(id: ComparedId, base: number | undefined, now: number | undefined, good: 'less' | 'more'): ComparedRow {
  if (base === undefined || now === undefined) return { id, base, now };
  if (base === 0) return { id, base, now, change: now === 0 ? 'same' : good === 'less' ? 'worse' : 'better' };
  const ratio = now / base;
  const change = Math.abs(ratio - 1) <= LONE_TOLERANCE ? 'same' : ratio < 1 === (good === 'less') ? 'better' : 'worse';
  return { id, base, now, ratio: { ratio }, change };
}

function conditionsOf({ options, machine, capacity }: BenchResult): Readonly<Record<string, string | number>> {
  return {
    cpu: machine.cpu,
    usableCores: machine.usableCores,
    // In a search for the capacity, the number of devices is a result, not a condition.
    ...(capacity === undefined && { devices: options.devices, durationS: options.durationS }),
    scenario: options.scenario,
    seed: options.seed,
    queues: options.queues.join(','),
    language: options.language,
    asrModel: options.asrModel,
    llm: options.llm,
    tts: options.tts,
    standIns: JSON.stringify(options.standIns) ?? '',
  };
}

function differencesOf(base: BenchResult, now: BenchResult): string[] {
  const [before, after] = [conditionsOf(base), conditionsOf(now)];
  return Object.keys({ ...before, ...after })
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key}: ${shown(before[key])} -> ${shown(after[key])}`);
}

function shown(value: string | number | undefined): string {
  return String(value ?? '–');
}
