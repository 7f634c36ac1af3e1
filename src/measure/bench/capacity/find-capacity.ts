import { loadOf } from '../full-load.js';
import { costsOf, type KernelRound } from '../kernels/kernel-costs.js';
import { kernelsOf } from '../kernels/kernels-of.js';
import { prepareAsr } from '../asr-model.js';
import { reasonsOf, saysNothing } from '../disturbed.js';
import { usableLimits } from '../limits.js';
import type { RunOptions } from '../options.js';
import type { BenchResult, Capacity, CapacityStep } from '../result.js';
import { type BenchContext, runBench } from '../run.js';
import type { BenchTargetId } from '../service-level.js';
import { certainMiss } from './certain-miss.js';
import { guessDevices } from './guess.js';
import { type Trial, trialLength } from './lengths.js';
import { foundIn, nextTrial, type Tried } from './search.js';

export interface FindCapacityOptions {
  /** Options of every run. The search chooses the number of devices and the lengths. */
  readonly run: RunOptions;
  readonly maxDevices: number;
  /** Time for the whole search. No trial begins that would end later. */
  readonly budgetMs: number;
  readonly onStep?: (step: CapacityStep) => void;
  readonly onTrial?: (trial: Trial) => void;
}

/** Ten minutes minus the time by which the last trial may overrun. */
export const CAPACITY_BUDGET_MS = 590_000;
/** Without admission control, the machine and not a setting limits the number of devices. */
const ADMISSION_OFF = ['max_concurrent_sessions=10000', 'load.target=off'];

/**
 * Finds the largest number of devices that the machine serves within the service level. Returns the result of a run
 * with this number, or of the last run if no number holds. Errors: as of {@link runBench}.
 */
export async function findCapacity(options: FindCapacityOptions, context: BenchContext): Promise<BenchResult> {
  const { clock } = context;
  const startMs = clock.nowMs();
  const kernelsBefore = await kernelsAtFirst(options.run, context);
  const guess = guessDevices(costsOf(kernelsBefore), usableLimits().usableCores, options.run.serviceLevel.cpuShare);
  const tried: Tried[] = [];
  const results: BenchResult[] = [];
  const steps: CapacityStep[] = [];
  const next = (): Trial | undefined =>
    nextTrial(tried, options.budgetMs - (clock.nowMs() - startMs), { guess, max: options.maxDevices });
  let retried = false;
  for (let trial = next(); trial; trial = next()) {
    options.onTrial?.(trial);
    const { result, missedEarly } = await tryOut(trial, options.run, { ...context, kernelsBefore });
    const holds = missedEarly === undefined && result.verdict.outcome === 'holds';
    const step = stepOf(trial, result, holds, missedEarly);
    steps.push(step);
    options.onStep?.(step);
    // A disturbed run is repeated once. If the second run is disturbed, too, the number counts as failed.
    const again: boolean = saysNothing(result) && !retried;
    retried = again;
    if (again) continue;
    tried.push({ ...trial, holds, turns: step.turns, load: loadOf(result) });
    results.push(result);
  }
  const found = foundIn(tried);
  const shown =
    results[tried.findLastIndex(({ holds, devices }) => holds && devices === found.devices)] ?? results.at(-1);
  if (!shown) throw new Error('a search without a trial');
  const capacity: Capacity = {
    devices: found.devices,
    confirmed: found.confirmed,
    ...(found.refutedAt !== undefined && { refutedAt: found.refutedAt }),
    guess,
    steps,
    elapsedS: Math.round((clock.nowMs() - startMs) / 1000),
  };
  return { ...shown, capacity, command: context.command };
}

/**
 * The costs serve to guess the first number of devices. The measurement is longer if the result also reports the costs.
 */
async function kernelsAtFirst(run: RunOptions, context: BenchContext): Promise<readonly KernelRound[]> {
  const { clock, modelsDir, scope, signal, onLive } = context;
  const prepared = await prepareAsr({
    choice: run.asr,
    settings: run.settings,
    modelsDir,
    clock,
    signal,
    onProgress: (written, total) => onLive?.({ stage: 'model', fraction: written / total }),
  });
  onLive?.({ stage: 'kernels' });
  return kernelsOf(prepared, run, { modelsDir, clock, scope, signal, ...(!run.kernels && { forMs: 0 }) });
}

/** Stops the run as soon as it is certain to miss the service level. */
async function tryOut(
  trial: Trial,
  run: RunOptions,
  context: BenchContext,
): Promise<{ readonly result: BenchResult; readonly missedEarly: BenchTargetId | undefined }> {
  let missedEarly: BenchTargetId | undefined;
  const length = trialLength(trial);
  const options: RunOptions = {
    ...run,
    ...length,
    devices: trial.devices,
    settings: [...ADMISSION_OFF, ...run.settings],
    kernels: run.kernels && trial.kind !== 'probe',
  };
  const result = await runBench(options, {
    ...context,
    stopWhen: (progress) => (missedEarly ??= certainMiss(progress, run)) !== undefined,
  });
  return { result, missedEarly };
}

function stepOf(
  { kind, devices }: Trial,
  result: BenchResult,
  holds: boolean,
  missedEarly: BenchTargetId | undefined,
): CapacityStep {
  const { verdict, fleet, options, llmOwn, server } = result;
  const targets = verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id);
  // A run that was stopped early lacks turns, so its low turn rate does not count as missed.
  const missed = new Set(missedEarly ? [missedEarly, ...targets.filter((id) => id !== 'turn_rate')] : targets);
  return {
    kind,
    devices,
    holds,
    durationS: Math.round(Math.max(0, Math.min(fleet.elapsedMs / 1000 - options.warmupS, options.durationS))),
    turns: fleet.totals.turns,
    missed: holds || missed.size > 0 ? [...missed] : [...verdict.reasons],
    ...(saysNothing(result) && { disturbed: reasonsOf(verdict) }),
    ...(llmOwn.firstSoundNetP95Ms !== undefined && { firstSoundP95Ms: Math.round(llmOwn.firstSoundNetP95Ms) }),
    ...(server.cpuShare !== undefined && { cpuShare: Math.round(server.cpuShare * 1000) / 1000 }),
  };
}
