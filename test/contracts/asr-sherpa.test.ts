import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordErrorRate } from '../../src/measure/fleet/index.js';
import {
  type AsrModel,
  CHILD_NICENESS,
  createSherpaEngine,
  findModel,
  type InstalledModel,
  type SupervisedChild,
} from '../../src/engines/index.js';
import { type AsrProvider } from '../../src/providers/asr/index.js';
import { sherpaAsr } from '../../src/providers/asr/sherpa/sherpa-asr.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { FLOAT, OnnxGraph } from '../../src/measure/bench/cost-model/onnx/index.js';
import { generated, tinySenseVoice } from '../fakes/tiny-models.js';
import { type ClipName, clip } from '../fixtures/speech.js';
import { asrContract } from '../../src/plugin/testing/recognizer.js';

const CLIPS = {
  'austen-0870':
    'and mister john dashwood had then leisure to consider how much there might be prudently ' +
    'in his power to do for them',
  'austen-0880': 'he was not an ill disposed young man',
  'austen-0890': 'unless to be rather cold hearted and rather selfish is to be ill disposed',
  'austen-0920': 'had he married a more amiable woman he might have been made still more respectable than he was',
  'austen-0930': 'he might even have been made amiable himself',
} as const satisfies Record<ClipName, string>;
const never = new AbortController().signal;

function asrModel(id: string): AsrModel {
  const model = findModel(id);
  if (model?.kind !== 'asr') throw new Error(`no speech model ${id}`);
  return model;
}

let room: EngineRoom;
beforeAll(async () => {
  room = await engineRoom();
});
afterAll(async () => {
  await room.close();
});

describe('Moonshine tiny, real speech', () => {
  let engine: SupervisedChild;
  let provider: AsrProvider;

  beforeAll(async () => {
    const model = asrModel('moonshine-tiny-en');
    const installed = (await room.store()).installed(model.id);
    if (!installed) throw new Error('Moonshine is not in node_modules');
    engine = createSherpaEngine({ installed, slots: 2, ...room.base });
    provider = sherpaAsr({ model, engine });
    await engine.start();
  });

  asrContract(it, {
    provider: () => provider,
    speech: () => clip('austen-0930'),
    heard: /amiable himself/i,
    language: 'en-US',
  });

  it('recognises the five clips with at most 15 % wrong words in each, 8 % in all', async () => {
    let errors = 0;
    let words = 0;
    for (const [name, text] of Object.entries(CLIPS)) {
      const heard = await provider.transcribe({ pcm: clip(name as ClipName), language: 'en-US' }, never);
      // The reference transcript spells titles out.
      const score = wordErrorRate(text, heard.text.replaceAll('Mr.', 'mister'));
      expect.soft(score.errors / score.words, `${name}: ${heard.text}`).toBeLessThanOrEqual(0.15);
      errors += score.errors;
      words += score.words;
    }
    expect(errors / words).toBeLessThanOrEqual(0.08);
  });

  it.skipIf(process.platform !== 'linux')('runs every thread, also for inference, at its niceness', async () => {
    await Promise.all([1, 2].map(() => provider.transcribe({ pcm: clip('austen-0930'), language: 'en' }, never)));
    const nices = threadNices(engine.status().pid!);
    expect(nices.length).toBeGreaterThan(4);
    expect(new Set(nices)).toEqual(new Set([Math.min(19, threadNices(process.pid)[0]! + CHILD_NICENESS)]));
  });

  it('recognises the words even if its process is killed during decoding', async () => {
    const { pid } = engine.status();
    const killed = provider.transcribe({ pcm: clip('austen-0870'), language: 'en' }, never);
    process.kill(pid!, 'SIGKILL');
    expect((await killed).text).toMatch(/prudently in his power/i);
    expect(engine.status()).toMatchObject({ state: 'ready', restarts: 1 });
    expect(engine.status().pid).not.toBe(pid);
  });
});

describe('SenseVoice, a generated model of its format', () => {
  let engine: SupervisedChild;
  let provider: AsrProvider;

  beforeAll(async () => {
    const tiny = tinySenseVoice(['你', '好', '小', '智', '。']);
    const model: AsrModel = {
      ...asrModel('sense-voice-int8'),
      files: [{ name: 'model.int8.onnx' }, { name: 'tokens.txt' }],
      downloadBytes: tiny.model.length,
    };
    const installed = await room.install(model, { 'model.int8.onnx': tiny.model, 'tokens.txt': tiny.tokens });
    engine = createSherpaEngine({ installed, slots: 2, ...room.base });
    provider = sherpaAsr({ model, engine });
    await engine.start();
  });

  asrContract(it, {
    provider: () => provider,
    speech: () => clip('austen-0930'),
    heard: /^你好小智。$/,
    language: 'zh-CN',
  });

  it('does not report its full stop as an end', () => {
    expect(provider.punctuationMeansEnd).toBe(false);
  });
});

describe('a damaged model', () => {
  it.each([
    ['cut in half', (path: string) => truncateSync(path, 5_000), 'bytes, not'],
    ['changed in one byte', (path: string) => flipByte(path), 'its hash is wrong'],
  ])('%s is detected before native code reads it', async (_, damage, says) => {
    const installed = await installTiny(`damaged-${says.length}`, tinySenseVoice(['好']).model);
    damage(installed.files[0]!.path);
    const engine = createSherpaEngine({ installed, slots: 1, ...room.base });
    await expect(engine.start()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(engine.status()).toMatchObject({ state: 'failed' });
    expect(engine.status().reason).toContain(says);
    const provider = sherpaAsr({ model: installed.model as AsrModel, engine });
    await expect(provider.transcribe({ pcm: clip('austen-0930'), language: 'zh' }, never)).rejects.toMatchObject({
      code: 'model.corrupt',
    });
  });

  it('that was damaged before the installation is refused by the engine', async () => {
    const installed = await installTiny('garbage', tinySenseVoice(['好']).model.subarray(0, 4_000));
    const engine = createSherpaEngine({ installed, slots: 1, ...room.base });
    await expect(engine.start()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(engine.status()).toMatchObject({ state: 'failed', restarts: 1 });
  });

  it('that ends its process ends no other process, and is not used for a while', async () => {
    // This model has no metadata, so sherpa exits.
    const graph = new OnnxGraph();
    graph.output(graph.input('x', FLOAT, [1]), 'y', FLOAT, [1]);
    const installed = await installTiny('no-metadata', generated(graph, {}));
    const engine = createSherpaEngine({ installed, slots: 1, ...room.base });
    const early = sherpaAsr({ model: installed.model as AsrModel, engine }).transcribe(
      { pcm: clip('austen-0930'), language: 'zh' },
      never,
    );
    const [start, job] = await Promise.allSettled([engine.start(), early]);
    expect(start).toMatchObject({ status: 'rejected', reason: { code: 'engine.failed' } });
    expect(job).toMatchObject({ status: 'rejected', reason: { code: 'engine.failed' } });
    expect(engine.status()).toMatchObject({ state: 'failed', restarts: 3 });
    expect(engine.status().reason).toMatch(/the asr process ended (by SIG|with code)/);
  });
});

async function installTiny(id: string, file: Uint8Array): Promise<InstalledModel> {
  const model: AsrModel = {
    ...asrModel('sense-voice-int8'),
    id,
    files: [{ name: 'model.int8.onnx' }, { name: 'tokens.txt' }],
    downloadBytes: file.length,
  };
  return room.install(model, { 'model.int8.onnx': file, 'tokens.txt': tinySenseVoice(['好']).tokens });
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

function threadNices(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}
