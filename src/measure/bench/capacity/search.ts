import { CLAIM_DEVICES, CLAIM_TURNS, type Trial, trialMs } from './lengths.js';

/** A trial and its result. */
export interface Tried extends Trial {
  readonly holds: boolean;
  readonly turns: number;
  /** CPU use while everybody talks, divided by the target's limit; undefined: it was not seen. */
  readonly load: number | undefined;
}

export interface SearchOptions {
  /** Number of devices of the first trial. */
  readonly guess: number;
  readonly max: number;
}

export interface Found {
  /** 0: not even one device. */
  readonly devices: number;
  /** True: held in a long run with enough turns for a claim. */
  readonly confirmed: boolean;
  /** The next larger number that did not hold in a long run. */
  readonly refutedAt: number | undefined;
}

/**
 * Until a number fails, the next one is larger by a factor in this range. The guess comes from the kernels' CPU cost
 * and is not far off.
 */
const GROWTH = { from: 1.25, to: 2 };
/** Share of the CPU's remaining room that one step upwards uses. */
const GROWTH_OF_ROOM = 0.75;
/** After the guess has failed, the next number is smaller by a factor in this range. */
const SHRINK = { from: 0.5, to: 0.75 };
/**
 * A short run sees too little to tell apart numbers closer than this: 36 and 39 held in short runs but not in long
 * ones.
 */
const MEANINGFUL_RATIO = 1.15;
/**
 * As long as the ratio between a number that failed and one that held is above this, short runs search between them.
 */
const WIDE = 1.6;
/**
 * Factor of the step down after a failed confirmation. If the numbers were closer, chance in 200 turns would decide
 * which of them holds.
 */
const STEP_DOWN = 0.92;
/** The search ends when a confirmed and a failed number differ by less than this share. */
const RESOLUTION = 0.08;
/** If no larger number has failed, this multiple of the confirmed number is tried, in order to see it fail. */
const REFUTE_FACTOR = 1.3;

/**
 * The next trial for the remaining time; undefined: none. Pure.
 *
 * Short runs find the magnitude. They grow from the guess as far as the CPU allows. Afterwards there must still be time
 * to confirm the number, and a lower one. Long runs then find the number. They go down in small steps until one holds,
 * then search between it and the next number that failed.
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
    // If nothing has held yet, the remaining time must only suffice for the probe. Otherwise it must also suffice to
    // confirm a number and, if that fails, a smaller one.
    if (low === 0 ? fits(probe(further)) : fitsWithLower(low, probe(further))) return probe(further);
  }
  const candidate = candidateOf(tried);
  if (candidate > 0 && fitsWithLower(candidate)) return confirm(candidate);
  // The last trial that fits must not be spent on a number that may well fail. If no claim fits, a probe at least shows
  // a number that holds.
  const claims = [below(candidate), candidate].filter((devices) => devices >= CLAIM_DEVICES).map(confirm);
  return [...claims, ...(low === 0 && further !== undefined ? [probe(further)] : [])].find((trial) => fits(trial));
}

/** The result of these trials. */
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
  /** Largest number that held in a long run; 0: none. */
  readonly proven: number;
  /** Largest number that held in any run, below {@link failed}. */
  readonly low: number;
  /**
   * Smallest number that failed; Infinity: none. A failure below a number that held in a long run was chance and is
   * ignored.
   */
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

/** The number to confirm as long as none is confirmed: first the number that held in a short run, then smaller ones. */
function candidateOf(tried: readonly Tried[]): number {
  const { low, failed } = bordersOf(tried);
  const missed = tried.some((trial) => isLong(trial) && !trial.holds);
  return missed || low === 0 ? below(failed, roomAt(failed, tried)) : low;
}

/**
 * The next trial above a number that held in a long run. Undefined: no larger number is allowed, or the next larger one
 * has failed in a long run.
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

/** How many times as many devices as in this trial the CPU has room for; undefined: the trial's load was not seen. */
function roomAt(devices: number, tried: readonly Tried[]): number | undefined {
  const load = tried.findLast((trial) => trial.devices === devices)?.load;
  return load === undefined || load <= 0 ? undefined : 1 / load;
}

/** A step down from a number that failed or may fail. The step is larger if the CPU has less room. */
function below(devices: number, room = 1): number {
  const lower = Math.floor(Math.min(STEP_DOWN, room) * devices);
  // The step does not lead below the smallest number for which a claim is possible.
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
