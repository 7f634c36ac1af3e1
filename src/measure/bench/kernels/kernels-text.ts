import type { Bilingual } from '../../../core/index.js';
import type { BenchResult } from '../result.js';
import { isSteady } from './baseline.js';
import { kernelsWords } from '../words/kernels.js';

/** Returns up to three sentences, or undefined if the kernels were not measured. */
export function kernelsText({ kernels, server }: BenchResult): Bilingual | undefined {
  if (!kernels) return undefined;
  const { coresWithSpeculation, measured = [], serverOverKernels, rows, runtime } = kernels;
  const [before, after] = measured.map(({ cores }) => cores.toFixed(2));
  const asrMs = rows.find(({ what }) => what === 'asr')?.cpuMsEach.toFixed(1);
  const { text } = kernelsWords;
  return text.all(
    coresWithSpeculation.toFixed(2),
    before === undefined || after === undefined ? '' : text.when(before, after),
    server.cores === undefined || serverOverKernels === undefined
      ? ''
      : text.ratio(server.cores.toFixed(2), serverOverKernels.toFixed(2)),
    runtime === undefined || asrMs === undefined ? '' : text.recognition(asrMs, runtime),
    isSteady(kernels) ? '' : text.unsteady,
  );
}
