import { join, resolve } from 'node:path';
import { writeCostModel } from '../../measure/bench/index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { benchWords } from '../words/bench.js';
import { progressLine } from '../terminal/progress-line.js';

interface MakeModelFlags {
  readonly data: string;
  readonly seed: number;
  readonly force?: true;
}

/** Writes an artificial model that takes as much CPU time as SenseVoice. */
export async function runMakeModel(flags: MakeModelFlags, context: CliContext): Promise<ExitCode> {
  const words = benchWords[context.language];
  const progress = progressLine(context);
  const { directory } = await writeCostModel(join(resolve(flags.data), 'models'), {
    seed: flags.seed,
    clock: context.clock,
    signal: context.interrupted,
    ...(flags.force && { force: true }),
    onProgress: (written, total) => progress.update(words.making, written / total),
  });
  progress.end();
  context.out(words.made(directory));
  return EXIT.ok;
}
