import { installedModelFor, type PreparedAsr } from '../asr-model.js';
import { usableLimits } from '../limits.js';
import type { RunOptions } from '../options.js';
import type { KernelRound } from './kernel-costs.js';
import { measureKernels, type MeasureOptions } from './measure-kernels.js';

/** Measures the kernels that the run's own server would use. Errors: as of {@link measureKernels}. */
export async function kernelsOf(
  { model }: PreparedAsr,
  { language }: RunOptions,
  context: Pick<MeasureOptions, 'modelsDir' | 'clock' | 'scope' | 'signal' | 'forMs'>,
): Promise<readonly KernelRound[]> {
  const asrModel = model === 'auto' ? await installedModelFor(language, context.modelsDir, context) : model;
  return measureKernels({
    ...context,
    asrModel,
    slots: Math.max(1, Math.floor(usableLimits().usableCores)),
  });
}
