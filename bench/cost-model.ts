// What recognition by a SenseVoice-sized model costs on this machine, as CPU time of the engine process: with uint8
// weights, as the published model has them, and with int8 weights. `npx tsx bench/cost-model.ts`, about a minute of CPU.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AsrKernelCost,
  measureAsrKernel,
  type WeightType,
  writeCostModel,
} from '../src/measure/bench/cost-model/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../src/core/index.js';
import { concatInt16, parseWav } from '../src/audio/index.js';
import { type Line, report } from './results.js';
import type { InstalledModel } from '../src/engines/index.js';

/** For 5 s of speech on an AMD Zen 4 (docs/adr/0013): of the same graph, by its weights. */
const REFERENCE_MS = { uint8: 323, int8: 184 };

const directory = await mkdtemp(join(tmpdir(), 'chorus-cost-'));
const scope = new Scope('bench', (name, error) => console.error(name, error));
const common = { clock: systemClock, log: silentLogger, metrics: noMetrics, scope };
const clips = await Promise.all(
  ['0870', '0880', '0890', '0920', '0930'].map((id) =>
    readFile(new URL(`../assets/speech/austen-${id}.wav`, import.meta.url)),
  ),
);
const audio = concatInt16(clips.map((bytes) => parseWav(bytes).pcm));

const written = (weights: WeightType): Promise<InstalledModel> =>
  writeCostModel(directory, { weights, clock: systemClock });
const results: Record<string, AsrKernelCost> = {};
const lines: Line[] = [];

async function measure(name: string, installed: InstalledModel): Promise<void> {
  const cost = await measureAsrKernel({ ...common, installed, audio, signal: scope.signal });
  results[name] = cost;
  const five = cost.points.find(({ audioMs }) => audioMs === 5_000);
  lines.push({
    what: `${name}: CPU for 5 s of speech, one thread, median of 5`,
    value: `${five?.cpuMs.toFixed(0)} ms`,
  });
  lines.push({
    what: `${name}: by length`,
    value: `${cost.overheadMs.toFixed(0)} ms + ${cost.msPerAudioSecond.toFixed(1)} ms per second, off by ${(cost.worstFit * 100).toFixed(0)} % at most`,
  });
}

try {
  await measure('uint8', await written('uint8'));
  await measure('int8', await written('int8'));
  report('asr-cost', lines, { referenceMs: REFERENCE_MS, results });
} finally {
  await scope.close();
  await rm(directory, { recursive: true, force: true });
}
