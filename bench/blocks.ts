import { ratioOfPercentiles, type Ratio } from '../src/measure/bench/compare/bootstrap.js';
import { takeOffOwnTime } from '../src/measure/bench/own-time.js';
import type { LlmRequestRecord } from '../src/measure/bench/stand-ins/index.js';
import { seededRandom, sleep, systemClock as clock } from '../src/core/index.js';
import { type FleetResult, type FleetTurn } from '../src/measure/fleet/index.js';
import { percentile, PERCENTILES_FROM } from '../src/measure/statistics.js';
import type { Line } from './results.js';

/** A part of a run under one condition, in wall-clock time. */
export interface Block<Arm extends string> {
  readonly arm: Arm;
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

export interface ArmResult {
  readonly turns: readonly FleetTurn[];
  /** Times from the end of speech to the first sound, without the language model's own time. */
  readonly firstSoundMs: readonly number[];
  readonly holes: number;
  readonly lost: number;
  readonly failed: number;
}

/** 99 of 100 first sounds come within about this time, including the language model's own time. */
const WAIT_MS = 2000;

export async function block<Arm extends string>(arm: Arm, lengthMs: number, into: Block<Arm>[]): Promise<void> {
  const fromWallMs = clock.wallMs();
  await sleep(clock, lengthMs);
  into.push({ arm, fromWallMs, toWallMs: clock.wallMs() });
}

/**
 * Selects the turns whose speech ends in a block early enough for the answer to come in the same block. Slow turns are
 * not left out, because only the end of speech decides.
 */
export function armOf<Arm extends string>(
  arm: Arm,
  blocks: readonly Block<Arm>[],
  fleet: FleetResult,
  requests: readonly LlmRequestRecord[],
): ArmResult {
  const zeroMs = Date.parse(fleet.startedAt);
  const turns = fleet.turns.filter(({ startedAt, speechMs }) => {
    if (startedAt === undefined) return false;
    const endWallMs = zeroMs + startedAt + speechMs;
    return blocks.some((one) => one.arm === arm && endWallMs >= one.fromWallMs && endWallMs + WAIT_MS < one.toWallMs);
  });
  const sum = (of: (turn: FleetTurn) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  return {
    turns,
    firstSoundMs: takeOffOwnTime(turns, requests).firstSoundNetMs,
    holes: sum(({ underruns }) => underruns.length),
    lost: sum(({ overflows, lostPackets }) => overflows + lostPackets),
    failed: sum(({ complete }) => (complete ? 0 : 1)),
  };
}

/** Returns undefined if there are too few turns. */
export function ratioOf(without: ArmResult, against: ArmResult, fraction: number): Ratio | undefined {
  if (without.firstSoundMs.length < PERCENTILES_FROM || against.firstSoundMs.length < PERCENTILES_FROM)
    return undefined;
  return ratioOfPercentiles(without.firstSoundMs, against.firstSoundMs, fraction, seededRandom(1, 'blocks'));
}

/** Formats a ratio as `1.03 (0.97 to 1.09)`. */
export function ratioWords(ratio: Ratio | undefined): string {
  return ratio
    ? `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`
    : 'too few turns to say';
}

export function armLine(name: string, { turns, firstSoundMs, holes, lost, failed }: ArmResult): Line {
  const wait = (fraction: number): string => percentile(firstSoundMs, fraction).toFixed(0);
  return {
    what: name,
    value:
      `p50 ${wait(0.5)}, p95 ${wait(0.95)} ms, ${turns.length} turns; ${holes} holes, ${lost} ` +
      `packets lost, ${failed} without a whole reply`,
    holds: holes + lost + failed === 0,
  };
}

/** The result for the file. Of the turns, only those that went wrong are listed. */
export function armData({ turns, ...rest }: ArmResult): object {
  return {
    ...rest,
    p50Ms: percentile(rest.firstSoundMs, 0.5),
    p95Ms: percentile(rest.firstSoundMs, 0.95),
    turns: turns.length,
    wrong: turns.filter(({ complete, underruns }) => !complete || underruns.length > 0),
  };
}
