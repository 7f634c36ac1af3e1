import { CLAIM_DEVICES, CLAIM_TURNS, type Trial, trialMs } from './lengths.js';

export interface Tried extends Trial {
  readonly holds: boolean;
  readonly turns: number;
  /** CPU use while everybody talks, divided by the target's limit. Undefined if the CPU use was not measured. */
  readonly load: number | undefined;
}

export interface SearchOptions {
  readonly guess: number;
  readonly max: number;
}

export interface Found {
  /** 0 if not even one device can be served. */
  readonly devices: number;
  /** True if the number held in a long run with enough turns for a claim. */
  readonly confirmed: boolean;
  /** The next larger number that did not hold in a long run. */
  readonly refutedAt: number | undefined;
}

/** Factor to the next number while no number has failed. It is at most 2, because the guess is usually close. */
const GROWTH = { from: 1.25, to: 2 };
/** Share of the CPU's remaining room that one step upwards uses. */
const GROWTH_OF_ROOM = 0.75;
/** Factor to the next number while no number has held. */
const SHRINK = { from: 0.5, to: 0.75 };
/** A short run cannot tell apart closer numbers: 36 and 39 held in short runs but not in long ones. */
const MEANINGFUL_RATIO = 1.15;
/** Short runs continue while a failed number exceeds the largest number that held by this factor. */
const WIDE = 1.6;
/** Factor of the step down after a failed confirmation. With closer numbers, chance in 200 turns would decide. */
const STEP_DOWN = 0.92;
/** The search ends when a confirmed and a failed number differ by less than this share. */
const RESOLUTION = 0.08;
/** If no larger number has failed, this multiple of the confirmed number is tried, to see it fail. */
const REFUTE_FACTOR = 1.3;

/**
 * Returns undefined if no trial fits into the remaining time, or if none is needed. A number of devices holds if its
 * run met the targets, and fails otherwise.
 *
 * Short runs find the magnitude. They grow from the guess as far as the CPU allows. Long runs then find the number.
 * They go down in small steps until a number holds, and then search between that number and the next failed one.
 */
export function nextTrial(tried: readonly Tried[], leftMs: number, { guess, max }: SearchOptions): Trial | undefined {
  if (tried.length === 0) return probe(Math.min(max, Math.max(1, Math.round(guess))));
  const fits = (...trials: readonly Trial[]): boolean =>
    trials.reduce((sum, trial) => sum + trialMs(trial), 0) <= leftMs;
  const fitsWithLower = (devices: number, ...before: readonly Trial[]): boolean => {
    const lower = below(devices);
    return fits(...before, confirm(devices), lower < CLAIM_DEVICES ? probe(lower) : confirm(lower));
  };
  const { proven, low } = bordersOf(tried);
  if (proven > 0) {
    const trial = higher(tried, max);
    return trial && fits(trial) ? trial : undefined;
  }
  const further = nextProbe(tried, max);
  if (further !== undefined && !tried.some(isLong)) {
    // If no number has held yet, there need only be time for the probe. Otherwise there must also be time to confirm
    // the largest number that held, and a smaller one.
    if (low === 0 ? fits(probe(further)) : fitsWithLower(low, probe(further))) return probe(further);
  }
  const candidate = candidateOf(tried);
  if (candidate > 0 && fitsWithLower(candidate)) return confirm(candidate);
  // The last trial must not be spent on a number that may well fail. If no claim fits, a probe at least shows a number
  // that holds.
  const claims = [below(candidate), candidate].filter((devices) => devices >= CLAIM_DEVICES).map(confirm);
  return [...claims, ...(low === 0 && further !== undefined ? [probe(further)] : [])].find((trial) => fits(trial));
}

export function foundIn(tried: readonly Tried[]): Found {
  const { proven, low } = bordersOf(tried);
  const devices = proven || low;
  const refuted = tried.filter((trial) => isLong(trial) && !trial.holds && trial.devices > devices);
  return {
    devices,
    confirmed: tried.some(
      (trial) => isLong(trial) && trial.holds && trial.devices === devices && trial.turns >= CLAIM_TURNS,
    ),
    refutedAt: refuted.length > 0 ? Math.min(...refuted.map((trial) => trial.devices)) : undefined,
  };
}

interface Borders {
  /** Largest number that held in a long run. 0 if no number did. */
  readonly proven: number;
  /** Largest number below {@link failed} that held in any run. */
  readonly low: number;
  /** Smallest number that failed, or Infinity. A failure below a number that held in a long run is ignored. */
  readonly failed: number;
}

function bordersOf(tried: readonly Tried[]): Borders {
  const held = tried.filter(({ holds }) => holds);
  const proven = largest(held.filter(isLong));
  const failed = Math.min(
    ...tried.filter(({ holds, devices }) => !holds && devices > proven).map(({ devices }) => devices),
  );
  return { proven, failed, low: largest(held.filter(({ devices }) => devices < failed)) };
}

function nextProbe(tried: readonly Tried[], max: number): number | undefined {
  const { low, failed } = bordersOf(tried);
  if (low === 0) {
    if (failed <= 1) return undefined;
    // After one failure, the guess may be only slightly too high. After a second failure, the guess is ignored.
    const share = tried.length === 1 ? within(SHRINK, 0.9 * (roomAt(failed, tried) ?? 1)) : SHRINK.from;
    return Math.max(1, Math.floor(share * failed));
  }
  if (failed <= max) return failed > WIDE * low && failed - low > 1 ? Math.round(Math.sqrt(low * failed)) : undefined;
  const room = roomAt(low, tried);
  const growth = room === undefined ? GROWTH.from : Math.min(room, within(GROWTH, GROWTH_OF_ROOM * room));
  const up = Math.min(max, Math.round(growth * low));
  return up > MEANINGFUL_RATIO * low ? up : undefined;
}

/**
 * Gives the largest number that held in a short run. If none did, or a long run failed, gives a number below the
 * smallest failed one.
 */
function candidateOf(tried: readonly Tried[]): number {
  const { low, failed } = bordersOf(tried);
  const missed = tried.some((trial) => isLong(trial) && !trial.holds);
  return missed || low === 0 ? below(failed, roomAt(failed, tried)) : low;
}

/**
 * Returns a trial above a number that held in a long run. Returns undefined if no larger number is allowed, or if
 * one that is hardly larger has failed in a long run.
 */
function higher(tried: readonly Tried[], max: number): Trial | undefined {
  const { proven, failed } = bordersOf(tried);
  if (proven >= max) return undefined;
  if (failed > max)
    return { kind: 'refute', devices: Math.min(max, Math.max(proven + 1, Math.ceil(REFUTE_FACTOR * proven))) };
  if (failed - proven > Math.max(1, RESOLUTION * proven)) return confirm(Math.floor((proven + failed) / 2));
  return tried.some((trial) => isLong(trial) && trial.devices === failed)
    ? undefined
    : { kind: 'refute', devices: failed };
}

/** The CPU has room for this multiple of the devices. Returns undefined if the trial's load is not known. */
function roomAt(devices: number, tried: readonly Tried[]): number | undefined {
  const load = tried.findLast((trial) => trial.devices === devices)?.load;
  return load === undefined || load <= 0 ? undefined : 1 / load;
}

/** The next smaller number. The step is larger if the CPU has less room. */
function below(devices: number, room = 1): number {
  const lower = Math.floor(Math.min(STEP_DOWN, room) * devices);
  return devices > CLAIM_DEVICES ? Math.max(CLAIM_DEVICES, lower) : lower;
}

function within({ from, to }: { readonly from: number; readonly to: number }, value: number): number {
  return Math.min(to, Math.max(from, value));
}

function isLong({ kind }: Trial): boolean {
  return kind !== 'probe';
}

function largest(trials: readonly Trial[]): number {
  return Math.max(0, ...trials.map(({ devices }) => devices));
}

function probe(devices: number): Trial {
  return { kind: 'probe', devices };
}

function confirm(devices: number): Trial {
  return { kind: 'confirm', devices };
}
