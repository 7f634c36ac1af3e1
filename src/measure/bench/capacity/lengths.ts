import { MINUTE_MS } from '../../../core/index.js';

/** A `probe` is short. `confirm` and `refute` are long enough to claim that a number meets or misses the targets. */
export interface Trial {
  readonly kind: 'probe' | 'confirm' | 'refute';
  readonly devices: number;
}

export interface TrialLength {
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly minTurns: number;
}

/**
 * A turn of scenario `steady` has 4 s of speech, 1.5 s to the answer, 5 s of reply and 2 s of pause. Interruptions
 * shorten some turns. Measured: 4.9 turns a minute with 36 and 39 devices.
 */
const TURNS_PER_DEVICE_AND_MINUTE = 4.7;
const WARMUP_MS = 12_000;
/** Enough turns to see the median wait, and one underrun in a hundred turns. */
const PROBE_TURNS = 70;
const PROBE_MS = { from: 25_000, to: 60_000 };
export const CLAIM_TURNS = 200;
/** Margin on the planned turns. The assumed 4.7 turns a minute are 4 % below the measured rate, a second margin. */
const CLAIM_MARGIN = 1.05;
const CLAIM_MS = { from: 60_000, to: 200_000 };
/** With fewer devices, even the longest run has too few turns for a claim. */
export const CLAIM_DEVICES = Math.ceil((CLAIM_TURNS * MINUTE_MS) / (TURNS_PER_DEVICE_AND_MINUTE * CLAIM_MS.to));
/**
 * Time for the start of the server, and for turns that are still in progress at the end. Measured in seven runs on two
 * cores, with 29 to 45 devices.
 */
const AROUND_MS = 21_000;

/** No trial is longer than its claim needs, because the whole search must end within ten minutes. */
export function trialLength({ kind, devices }: Trial): TrialLength {
  const probe = kind === 'probe';
  const turns = probe ? PROBE_TURNS : CLAIM_TURNS * CLAIM_MARGIN;
  const { from, to } = probe ? PROBE_MS : CLAIM_MS;
  const wantedMs = (turns / (TURNS_PER_DEVICE_AND_MINUTE * devices)) * MINUTE_MS;
  const durationMs = Math.round(Math.min(to, Math.max(from, wantedMs)));
  const expected = (TURNS_PER_DEVICE_AND_MINUTE * devices * durationMs) / MINUTE_MS;
  // With few devices, even the longest run has fewer turns, so fewer turns are demanded of it.
  return { warmupMs: WARMUP_MS, durationMs, minTurns: Math.floor(Math.min(probe ? 30 : CLAIM_TURNS, 0.6 * expected)) };
}

/** Includes the time before and after the run. */
export function trialMs(trial: Trial): number {
  const { warmupMs, durationMs } = trialLength(trial);
  return warmupMs + durationMs + AROUND_MS;
}
