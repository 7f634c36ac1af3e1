import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costVoice, costVoiceText } from '../../bench/cost-voice.js';
import { EXACT_CASES, EXACT_SECONDS, exactIntegers, inexact } from '../../bench/exact-integers.js';
import {
  type AsrAnswer,
  type CatalogueModel,
  createSherpaEngine,
  findModel,
  PINNED_SHERPA,
  speechRuntime,
  type TtsAnswer,
} from '../../src/engines/index.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { clip } from '../fixtures/speech.js';

// Tests the properties for which this version of the speech runtime was chosen (docs/adr/0029-speech-runtime.md).
// Another version must have them, too.

const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win-ia32', 'win-x64'];
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

describe('the exact version', () => {
  it('is required of the addon and of all six platform packages', () => {
    const { dependencies, optionalDependencies } = json('package.json') as Record<string, Record<string, string>>;
    expect(dependencies?.['sherpa-onnx-node']).toBe(PINNED_SHERPA);
    expect(Object.entries(optionalDependencies ?? {}).filter(([name]) => name.startsWith('sherpa-onnx-'))).toEqual(
      PLATFORMS.map((platform) => [`sherpa-onnx-${platform}`, PINNED_SHERPA]),
    );
  });

  it('is in the lock file, once for each package', () => {
    const { packages } = json('package-lock.json') as { packages: Record<string, { version?: string }> };
    const locked = Object.entries(packages).filter(([path]) => /(^|\/)sherpa-onnx-[\w-]+$/.test(path));
    expect(locked.map(([path]) => path).sort()).toEqual(
      [...PLATFORMS, 'node'].map((name) => `node_modules/sherpa-onnx-${name}`).sort(),
    );
    expect(new Set(locked.map(([, { version }]) => version))).toEqual(new Set([PINNED_SHERPA]));
  });

  it('is the version that `npm run bench -- runtimes` has measured', () => {
    const { lines } = json('bench/results/runtimes.json') as { lines: readonly { what: string; value: string }[] };
    const measured = lines.filter(({ what }) => what.startsWith(`${PINNED_SHERPA}: `));
    expect(measured).toContainEqual({ what: `${PINNED_SHERPA}: ONNX Runtime inside`, value: '1.24.4' });
    expect(measured.map(({ what }) => what)).toContain(`${PINNED_SHERPA}: sensevoice-cost uint8`);
  });

  it('is installed, with the measured ONNX Runtime', async () => {
    expect(await speechRuntime()).toMatchObject({
      addon: PINNED_SHERPA,
      version: PINNED_SHERPA,
      onnxRuntime: '1.24.4',
    });
  });
});

describe('in a real engine process', () => {
  let room: EngineRoom;
  beforeAll(async () => {
    room = await engineRoom();
  });
  afterAll(() => room.close());

  async function engineFor(like: string, id: string, files: Readonly<Record<string, string | Uint8Array>>, more = {}) {
    const model = {
      ...findModel(like),
      ...more,
      id,
      downloadBytes: 0,
      files: Object.keys(files).map((name) => ({ name })),
    } as CatalogueModel;
    const engine = createSherpaEngine({ installed: await room.install(model, files), slots: 1, ...room.base });
    await engine.start();
    return engine;
  }
  const options = { predictedMs: 20_000, signal: new AbortController().signal, retryOnCrash: false };

  it.each([0, 1])(
    'quantised products are exact integers on this processor; %i falsified ones in each are found',
    async (wrong) => {
      const { model, tokens } = exactIntegers(wrong);
      const engine = await engineFor('sense-voice-int8', `exact-${wrong}`, {
        'model.int8.onnx': model,
        'tokens.txt': tokens,
      });
      const speech = clip('austen-0930');
      const pcm = new Int16Array(EXACT_SECONDS * 16_000);
      for (let at = 0; at < pcm.length; at += speech.length) pcm.set(speech.subarray(0, pcm.length - at), at);
      const { text } = await engine.call<AsrAnswer>({ pcm }, options);
      // On processors without VNNI, values of int8 weights saturate. Only uint8, which the published models use, must
      // be exact there.
      const found = inexact(text).filter((which) => wrong > 0 || which.startsWith('uint8'));
      expect(found).toHaveLength(wrong > 0 ? EXACT_CASES.length : 0);
    },
  );

  it('the number of wrong products is exact up to three', () => {
    const text = ['一', '三', '多'].join('').padEnd(EXACT_CASES.length, '零');
    expect(inexact(text).map((words) => words.split(': ')[1])).toEqual(['1 wrong', '3 wrong', '4 or more wrong']);
  });

  it('long sentences do not end the process of a voice', async () => {
    const engine = await engineFor('melo-zh-en', 'long-voice', costVoice(), {
      spec: { family: 'vits', model: 'model.onnx', tokens: 'tokens.txt', lexicon: ['lexicon.txt'] },
    });
    for (let i = 0; i < 40; i++) {
      const call = { stream: i, text: `${costVoiceText(20)}。`, speaker: undefined, speed: 1 };
      expect((await engine.call<TtsAnswer>(call, options)).samples).toBeGreaterThan(40_000);
    }
  }, 60_000);
});
