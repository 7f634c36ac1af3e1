import type { FleetProgress } from '../../fleet/index.js';
import { measureKernels } from '../kernels/measure-kernels.js';
import { installedModelFor, prepareAsr } from '../asr-model.js';
import { reasonsOf, saysNothing } from '../disturbed.js';
import { usableLimits } from '../limits.js';
import type { RunOptions } from '../options.js';
import type { BenchResult, Capacity, CapacityStep } from '../result.js';
import { int8Of } from '../server-settings.js';
import { type BenchContext, runBench } from '../run.js';
import { guessDevices } from './guess.js';
import { CLAIM_TURNS, trialLength, trialMs } from './lengths.js';
import { CapacitySearch, type Trial } from './search.js';

export interface FindCapacityOptions {
  /** Its devices and lengths are chosen here. */
  readonly run: RunOptions;
  readonly maxDevices: number;
  /** No trial is begun that would end later. */
  readonly budgetMs: number;
  readonly onStep?: (step: CapacityStep) => void;
  readonly onTrial?: (trial: Trial) => void;
}

/** Ten minutes, less what the last trial may take longer. */
export const CAPACITY_BUDGET_MS = 590_000;
/** Admission must not answer instead of the machine. */
const ADMISSION_OFF = ['max_concurrent_sessions=10000', 'load.target=off'];
/** For the guess it does not matter how many are listened to at once. */
const GUESS_BATCH = 10;
const GUESS_CPU_MS = 300;

/**
 * Finds the largest number of devices that a server of its own serves within the service level, with admission switched off. The result is
 * that of the confirming run. Errors: as of {@link runBench}.
 */
export async function findCapacity(options: FindCapacityOptions, context: BenchContext): Promise<BenchResult> {
  const { clock } = context;
  const startMs = clock.nowMs();
  const guess = await firstGuess(options.run, context);
  const search = new CapacitySearch({ guess, max: options.maxDevices });
  const steps: CapacityStep[] = [];
  const leftMs = (): number => options.budgetMs - (clock.nowMs() - startMs);
  let best: BenchResult | undefined;
  let last: BenchResult | undefined;
  let retried = false;
  for (let trial = search.next(); trial; trial = search.next()) {
    if (trial.kind === 'probe' && steps.some(({ holds }) => holds) && leftMs() < trialMs(trial) + reserveMs(trial)) {
      search.settle();
      continue;
    }
    if (trial.kind !== 'probe' && steps.length > 0 && leftMs() < trialMs(trial)) break;
    options.onTrial?.(trial);
    const { result, missedEarly } = await tryOut(trial, options.run, context);
    const holds = !missedEarly && result.verdict.outcome === 'holds';
    const step = stepOf(trial, result, holds);
    steps.push(step);
    options.onStep?.(step);
    last = result;
    // What says nothing of the server is tried once more; a machine that is never quiet cannot carry what is not seen.
    const again: boolean = saysNothing(result) && !retried;
    retried = again;
    if (again) continue;
    search.record(trial, holds);
    if (holds && (trial.kind !== 'probe' || !best)) best = result;
  }
  const { devices, confirmed, refutedAt } = search.found;
  const shown = best ?? last;
  if (!shown) throw new Error('a search without a trial');
  const claim = steps.findLast((step) => step.holds && step.devices === devices && step.kind !== 'probe');
  const capacity: Capacity = {
    devices,
    confirmed: confirmed && (claim?.turns ?? 0) >= CLAIM_TURNS,
    ...(refutedAt !== undefined && { refutedAt }),
    guess,
    steps,
    elapsedS: Math.round((clock.nowMs() - startMs) / 1000),
  };
  return { ...shown, capacity, command: context.command };
}

/** Time that the confirmation and the refutation of about this many will need. */
function reserveMs({ devices }: Trial): number {
  return trialMs({ kind: 'confirm', devices }) + trialMs({ kind: 'refute', devices: Math.ceil(1.3 * devices) });
}

async function firstGuess(run: RunOptions, context: BenchContext): Promise<number> {
  const { clock, modelsDir, scope, signal, onLive } = context;
  const prepared = await prepareAsr({ choice: run.asr, modelsDir, clock, signal, onProgress: (written, total) => onLive?.({ stage: 'model', fraction: written / total }) });
  onLive?.({ stage: 'kernels' });
  const { usableCores } = usableLimits();
  const asrModel = prepared.model === 'auto' ? await installedModelFor(run.language, modelsDir, { clock, scope }) : prepared.model;
  const costs = await measureKernels({ asrModel, modelsDir, int8: int8Of(run.settings), batch: GUESS_BATCH, slots: Math.max(1, Math.floor(usableCores)), clock, scope, signal, cpuMs: GUESS_CPU_MS });
  return guessDevices(costs, usableCores, run.serviceLevel.cpuShare);
}

/** One run. It is stopped as soon as it is certain that the service level is missed. */
async function tryOut(trial: Trial, run: RunOptions, context: BenchContext): Promise<{ readonly result: BenchResult; readonly missedEarly: boolean }> {
  let missedEarly = false;
  const length = trialLength(trial);
  const options: RunOptions = { ...run, ...length, devices: trial.devices, settings: [...ADMISSION_OFF, ...run.settings], kernels: run.kernels && trial.kind === 'confirm' };
  const result = await runBench(options, {
    ...context,
    stopWhen: (progress: FleetProgress) => {
      if (progress.underruns > 0 || progress.failed > 0) missedEarly = true;
      return missedEarly;
    },
  });
  return { result, missedEarly };
}

function stepOf({ kind, devices }: Trial, result: BenchResult, holds: boolean): CapacityStep {
  const { verdict, fleet, options, llmOwn, server } = result;
  const missed = verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id as string);
  // Stopped early is no reason of its own.
  const reasons = holds || missed.length > 0 ? [] : verdict.reasons;
  return {
    kind,
    devices,
    holds,
    durationS: Math.round(Math.max(0, Math.min(fleet.elapsedMs / 1000 - options.warmupS, options.durationS))),
    turns: fleet.totals.turns,
    missed: [...missed, ...reasons],
    ...(saysNothing(result) && { disturbed: reasonsOf(verdict) }),
    ...(llmOwn.firstSoundNetP95Ms !== undefined && { firstSoundP95Ms: Math.round(llmOwn.firstSoundNetP95Ms) }),
    ...(server.cpuShare !== undefined && { cpuShare: Math.round(server.cpuShare * 1000) / 1000 }),
  };
}
