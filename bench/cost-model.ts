// What recognition by a SenseVoice-sized model costs on this machine, as CPU time of the engine process: published form
// (uint8), its rewrite (int8, where the CPU has VNNI), and int8 from the start. `npx tsx bench/cost-model.ts [FILE.json]`.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AsrKernelCost, COST_MODEL, measureAsrKernel, type WeightType, writeCostModel } from '../src/bench/cost-model/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../src/core/index.js';
import { concatInt16, parseWav } from '../src/voice/audio/index.js';
import { createModelStore, type InstalledModel, type ModelStore } from '../src/voice/engines/index.js';
import { readCpu } from '../src/voice/engines/int8/cpu.js';

/** Of the AMD Zen 4 on which the figures of the issue were taken, for 5 s of speech. */
const REFERENCE_MS = { uint8: 323, int8: 184 };

const directory = await mkdtemp(join(tmpdir(), 'chorus-cost-'));
const scope = new Scope('bench', (name, error) => console.error(name, error));
const common = { clock: systemClock, log: silentLogger, metrics: noMetrics, scope };
const clips = await Promise.all(['0870', '0880', '0890', '0920', '0930'].map((id) => readFile(new URL(`../assets/speech/austen-${id}.wav`, import.meta.url))));
const audio = concatInt16(clips.map((bytes) => parseWav(bytes).pcm));

const store = (int8: 'auto' | 'off'): Promise<ModelStore> => createModelStore({ ...common, directory, locale: 'world', mirrors: [], int8 });
const written = (weights: WeightType): Promise<InstalledModel> => writeCostModel(directory, { weights, clock: systemClock });
const results: Record<string, AsrKernelCost> = {};

async function measure(name: string, installed: InstalledModel): Promise<void> {
  const cost = await measureAsrKernel({ ...common, installed, audio, signal: scope.signal });
  results[name] = cost;
  const points = cost.points.map(({ audioMs, cpuMs }) => `${audioMs / 1_000} s ${cpuMs.toFixed(0)}`).join(', ');
  console.log(`${name}: ${cost.overheadMs.toFixed(0)} ms + ${cost.msPerAudioSecond.toFixed(1)} ms/s (off by ${(cost.worstFit * 100).toFixed(1)} % at most); CPU ms for ${points}`);
}

try {
  console.log(readCpu());
  await measure('uint8', await written('uint8'));
  const outcome = await (await store('auto')).optimise(COST_MODEL);
  if (outcome.state === 'refused') console.log(`no rewrite: ${outcome.detail}`);
  else {
    const rewritten = (await store('auto')).installed(COST_MODEL);
    if (rewritten?.variant) await measure('uint8, rewritten', rewritten);
  }
  await measure('int8', await written('int8'));
  console.log('reference for 5 s, Zen 4:', REFERENCE_MS);
  const [file] = process.argv.slice(2);
  if (file !== undefined) await writeFile(file, `${JSON.stringify({ cpu: readCpu(), reference: REFERENCE_MS, results }, null, 2)}\n`);
} finally {
  await scope.close();
  await rm(directory, { recursive: true, force: true });
}
