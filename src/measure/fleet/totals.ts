import { MINUTE_MS } from '../../core/index.js';
import type { FleetOptions } from './run-options.js';
import type { FleetDevice, FleetOutcome, FleetTotals, FleetTurn } from './run-result.js';
import { hundredths, jainIndex, summarise, type Summary } from '../statistics.js';
import { isAnswered, isExcuse, isRejected } from './device-turn.js';
import type { ViolationKind } from './violation.js';

/** Allows for one frame of the grid, the microphone's warm-up, and the delay of two event loops. */
const LATE_MS = 250;

/** Totals over the counted turns. `planned` is the number of turns that the seed planned in this time. */
export function totalsOf(
  options: FleetOptions,
  all: readonly FleetTurn[],
  devices: readonly FleetDevice[],
  planned: number,
): FleetTotals {
  const turns = all.filter(({ warmup }) => !warmup);
  const sum = (of: (turn: FleetTurn) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  const over = (of: (turn: FleetTurn) => number | undefined): Summary => summarise(turns.map(of));
  const outcomes: Partial<Record<FleetOutcome, number>> = {};
  for (const { outcome } of turns) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const spoken = turns.flatMap(({ words, outcome }) =>
    words && outcome !== 'not_started' && outcome !== 'refused' ? [words] : [],
  );
  const said = spoken.reduce((total, words) => total + words.said, 0);
  const errors = spoken.reduce((total, words) => total + words.errors, 0);
  const fairness = jainIndex(devices.flatMap(({ medianFirstSoundMs }) => medianFirstSoundMs ?? []));
  const deviceMinutes = (options.devices * options.durationMs) / MINUTE_MS;
  const finished = turns.filter(isAnswered).length;
  const sounded = (of: (turn: FleetTurn) => number | undefined): Summary =>
    over((turn) => (isExcuse(turn) ? undefined : of(turn)));
  return {
    turns: turns.length,
    complete: turns.filter(({ complete }) => complete).length,
    outcomes,
    lateTurns: turns.filter(({ lateMs }) => (lateMs ?? 0) > LATE_MS).length,
    notStarted: outcomes.not_started ?? 0,
    rejected: turns.filter(isRejected).length,
    underruns: sum(({ underruns }) => underruns.length),
    underrunMs: hundredths(sum(({ underruns }) => underruns.reduce((total, { ms }) => total + ms, 0))),
    overflows: sum(({ overflows }) => overflows),
    lostPackets: sum(({ lostPackets }) => lostPackets),
    packetsAfterAbort: sum(({ abort }) => abort?.packetsAfter ?? 0),
    aborts: turns.filter(({ abort }) => abort).length,
    stuck: outcomes.stuck ?? 0,
    unasked: devices.reduce((total, { unasked }) => total + unasked, 0),
    violations: countViolations(turns, devices),
    ...(said > 0 && { words: { said, errors, rate: Math.round((errors / said) * 10_000) / 10_000 } }),
    otaMs: summarise(devices.map(({ otaMs }) => otaMs)),
    helloMs: summarise([
      ...devices.map(({ helloMs }) => helloMs),
      ...turns.filter(({ turn }) => turn > 0).map(({ helloMs }) => helloMs),
    ]),
    sttMs: over(({ sttMs }) => sttMs),
    ttsStartMs: over(({ ttsStartMs }) => ttsStartMs),
    firstPacketMs: sounded(({ firstPacketMs }) => firstPacketMs),
    firstSoundMs: sounded(({ firstSoundMs }) => firstSoundMs),
    firstSoundFromDueMs: sounded(({ firstSoundFromDueMs }) => firstSoundFromDueMs),
    lateMs: over(({ lateMs }) => lateMs),
    replyMs: over(({ replyMs, outcome }) => (outcome === 'answered' ? replyMs : undefined)),
    minLeadMs: over(({ minLeadMs }) => minLeadMs),
    stopAfterAbortMs: over(({ abort }) => abort?.stopMs),
    ...(fairness !== undefined && { fairness: Math.round(fairness * 1000) / 1000 }),
    turnsPerMinute: { planned: rate(planned, deviceMinutes), actual: rate(finished, deviceMinutes) },
  };
}

function countViolations(
  turns: readonly FleetTurn[],
  devices: readonly FleetDevice[],
): Partial<Record<ViolationKind, number>> {
  const counts: Partial<Record<ViolationKind, number>> = {};
  for (const { violations } of [...turns, ...devices])
    for (const { kind } of violations ?? []) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function rate(turns: number, minutes: number): number {
  return minutes > 0 ? hundredths(turns / minutes) : 0;
}
