// What recognition by a SenseVoice-sized model costs on this machine, as CPU time of the engine process: published form
// (uint8), its rewrite (int8, where the CPU has VNNI), and int8 from the start. `npx tsx bench/cost-model.ts`, about a
// minute of CPU.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AsrKernelCost,
  COST_MODEL,
  measureAsrKernel,
  type WeightType,
  writeCostModel,
} from '../src/measure/bench/cost-model/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../src/core/index.js';
import { concatInt16, parseWav } from '../src/audio/index.js';
import { type Line, report } from './results.js';
import { createModelStore, type InstalledModel, type ModelStore } from '../src/engines/index.js';
import { readCpu } from '../src/engines/models/int8/cpu.js';

/** For 5 s of speech on an AMD Zen 4 (docs/adr/0013): of the same graph and of its rewrite. */
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

const store = (int8: 'auto' | 'off'): Promise<ModelStore> =>
  createModelStore({ ...common, directory, locale: 'world', mirrors: [], int8 });
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
  const outcome = await (await store('auto')).optimise(COST_MODEL);
  if (outcome.state === 'refused') lines.push({ what: 'rewritten', value: `not used: ${outcome.detail}` });
  else {
    const rewritten = (await store('auto')).installed(COST_MODEL);
    if (rewritten?.variant) await measure('uint8, rewritten', rewritten);
  }
  await measure('int8', await written('int8'));
  report('asr-cost', lines, { cpu: readCpu(), referenceMs: REFERENCE_MS, results });
} finally {
  await scope.close();
  await rm(directory, { recursive: true, force: true });
}
