import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineRoom, type EngineRoom } from '../../../../test/fakes/engine-room.js';
import { clip } from '../../../../test/fixtures/speech.js';
import { Cancelled } from '../../../core/index.js';
import { INT8, UINT8 } from './onnx/index.js';
import { createSherpaEngine, type InstalledModel, type AsrModel } from '../../../engines/index.js';
import { sherpaAsr } from '../../../providers/asr/sherpa/sherpa-asr.js';
import { COST_MODEL, writeCostModel } from './index.js';
import type { CostModelOptions } from './write-cost-model.js';
import { normalBytes, randomBytes, SeededRandom } from './random.js';
import { SENSEVOICE_SMALL, senseVoiceGraph } from './sensevoice-graph.js';

// The operators, inputs and outputs of the real SenseVoice, with three of its seventy blocks and smaller layers.
const SMALL = { blocks: 2, tpBlocks: 1, width: 64, heads: 4, feedForward: 128, vocabulary: 60 };
const never = new AbortController().signal;

let room: EngineRoom;
beforeEach(async () => {
  room = await engineRoom();
});
afterEach(async () => {
  await room.close();
});

const models = (): string => join(room.directory, 'models');
const write = (options: Partial<CostModelOptions> = {}): Promise<InstalledModel> =>
  writeCostModel(models(), { shape: SMALL, clock: room.base.clock, ...options });

describe('the graph of the cost model', () => {
  it('has as many nodes of each type as the reference script writes', () => {
    // The counts come from gen_sensevoice.py, which is not in this repository, with its defaults.
    expect(senseVoiceGraph({ shape: SENSEVOICE_SMALL, weights: 'uint8', seed: 1, outputBias: [] }).histogram()).toEqual(
      {
        Gather: 4,
        Unsqueeze: 8,
        Shape: 2,
        Slice: 1,
        Concat: 3,
        Tile: 1,
        Add: 563,
        Range: 1,
        Cast: 284,
        Less: 1,
        Not: 1,
        Mul: 774,
        Sin: 1,
        Cos: 1,
        LayerNormalization: 142,
        DynamicQuantizeLinear: 281,
        MatMulInteger: 281,
        Split: 70,
        Transpose: 420,
        Conv: 70,
        Reshape: 280,
        MatMul: 140,
        Where: 140,
        Softmax: 70,
        Relu: 70,
        Identity: 1,
      },
    );
  });

  it('has as many bytes of weights of the chosen type as the reference script writes', () => {
    const sizes = (weights: 'uint8' | 'int8'): { bytes: number; types: Set<number> } => {
      const graph = senseVoiceGraph({ shape: SENSEVOICE_SMALL, weights, seed: 1, outputBias: [] });
      const types = new Set<number>();
      let bytes = 0;
      for (const { dims, dataType } of graph.constants()) {
        if (dataType !== UINT8 && dataType !== INT8) continue;
        types.add(dataType);
        if (dims.length === 2) bytes += dims.reduce((product, size) => product * size, 1);
      }
      return { bytes, types };
    };
    expect(sizes('uint8')).toEqual({ bytes: 233_102_848, types: new Set([UINT8]) });
    expect(sizes('int8')).toEqual({ bytes: 233_102_848, types: new Set([INT8]) });
  });
});

describe('random weights', () => {
  it('are equal for equal seeds, differ for other seeds, and have the requested length', () => {
    const table = normalBytes(30, 128, 0, 255);
    const bytes = (seed: number): Buffer =>
      Buffer.concat([...randomBytes(600_001, table, seed).chunks()].map((chunk) => Buffer.from(chunk)));
    expect(bytes(1)).toHaveLength(600_001);
    expect(bytes(1).equals(bytes(1))).toBe(true);
    expect(bytes(1).equals(bytes(2))).toBe(false);
  });

  it.each([
    ['uint8', 120, 0, 255, (byte: number) => byte - 120],
    ['int8', 0, -127, 127, (byte: number) => (byte << 24) >> 24],
  ] as const)('are normally distributed: %s', (_, zeroPoint, least, most, value) => {
    const drawn = [...randomBytes(1_000_000, normalBytes(30, zeroPoint, least, most), 7).chunks()].flatMap((chunk) =>
      Array.from(chunk, value),
    );
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length);
    expect(Math.abs(mean)).toBeLessThan(0.15); // five standard errors
    expect(deviation).toBeCloseTo(30, 0);
    // The bytes are rounded, so bytes up to 30 cover 30.5 / 30 standard deviations.
    expect(drawn.filter((x) => Math.abs(x) <= 30).length / drawn.length).toBeCloseTo(0.69, 2);
  });

  it('have the requested deviation as floats', () => {
    const values = new SeededRandom(3).normals(100_001, 0.1);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)).toBeCloseTo(0.1, 2);
  });
});

describe('writing the cost model', () => {
  it('installs the model under the id that asr.model knows, with equal bytes for equal seeds', async () => {
    const progress: number[] = [];
    const first = await write({ onProgress: (written, total) => progress.push(written / total) });
    expect(first.files.map(({ name, path }) => [name, statSync(path).size])).toEqual(
      first.files.map(({ name, sizeBytes }) => [name, sizeBytes]),
    );
    expect(progress.at(-1)).toBe(1);
    const store = await room.store();
    expect(store.installed(COST_MODEL)?.files).toEqual(first.files);
    expect((await store.verify(COST_MODEL)).map(({ result }) => result)).toEqual(['ok', 'ok']);
    const [model] = (await write({ force: true })).files;
    expect(model).toEqual(first.files[0]);
    expect((await write({ seed: 2 })).files[0]?.sha256).not.toBe(model?.sha256);
    expect(readdirSync(join(models(), '.staging'))).toEqual([]);
  });

  it('writes nothing if a model of the same options exists', async () => {
    const { files } = await write();
    const before = statSync(files[0]!.path).mtimeMs;
    await write({ freeBytes: () => Promise.reject(new Error('not asked')) });
    expect(statSync(files[0]!.path).mtimeMs).toBe(before);
  });

  it('keeps the old model and no half-written file when it is aborted', async () => {
    const old = await write();
    const abort = new AbortController();
    const stopped = write({
      seed: 2,
      signal: abort.signal,
      onProgress: (written, total) => written > total / 2 && abort.abort(new Cancelled('Ctrl-C')),
    });
    await expect(stopped).rejects.toThrow('Ctrl-C');
    expect((await room.store()).installed(COST_MODEL)?.files).toEqual(old.files);
    expect(readdirSync(join(models(), '.staging'))).toEqual([]);
  });

  it('checks the free space before it writes', async () => {
    await expect(write({ freeBytes: () => Promise.resolve(1_000) })).rejects.toMatchObject({ code: 'data.disk_full' });
    expect(existsSync(join(models(), COST_MODEL))).toBe(false);
  });
});

describe('running the cost model', () => {
  it.each(['uint8', 'int8'] as const)(
    '%s: the engine recognises text in any sound, and the same text in the same sound',
    async (weights) => {
      const installed = await write({ weights });
      const engine = createSherpaEngine({ installed, slots: 1, ...room.base });
      await engine.start();
      const provider = sherpaAsr({ model: installed.model as AsrModel, engine });
      const hear = async (pcm: Int16Array): Promise<string> =>
        (await provider.transcribe({ pcm, language: 'zh' }, never)).text;
      const speech = clip('austen-0930');
      const noise = Int16Array.from(new SeededRandom(5).normals(16_000, 100));
      for (const pcm of [
        speech,
        speech.subarray(0, 8_000),
        noise,
        new Int16Array(8_000),
        new Int16Array(16_000).fill(32_767),
        new Int16Array(15 * 16_000),
      ]) {
        expect(await hear(pcm)).toMatch(/^(lo|mi|ra|te|no|su|ka|le)/);
      }
      expect(await hear(speech)).toBe(await hear(speech));
      await engine.close();
    },
  );

  it('lists the special tokens before the syllables', async () => {
    const { files } = await write();
    const lines = readFileSync(files[1]!.path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(SMALL.vocabulary);
    expect(lines.slice(0, 5)).toEqual(['<unk> 0', '<s> 1', '</s> 2', '▁lo 3', '▁mi 4']);
  });
});
