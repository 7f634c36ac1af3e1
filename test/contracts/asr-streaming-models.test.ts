import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSlots } from '../../src/capacity/index.js';
import { noMetrics, systemClock } from '../../src/core/index.js';
import {
  type AsrModel,
  createSherpaEngine,
  findModel,
  type InstalledModel,
  type SupervisedChild,
} from '../../src/engines/index.js';
import { asrContract } from '../../src/plugin/testing/recognizer.js';
import { type AsrProvider } from '../../src/providers/asr/index.js';
import { sherpaAsr } from '../../src/providers/asr/sherpa/sherpa-asr.js';
import { createRecognizer, type SharedRecognizer } from '../../src/speech/recognition/index.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { tinyOnlineParaformer, tinyOnlineTransducer } from '../fakes/tiny-families.js';
import { clip } from '../fixtures/speech.js';

// Tests both model families that recognise during speech. Their weights are generated; the engine process is real.

const never = new AbortController().signal;
const WORDS = ['你', '好', '小', '智'];
const SPEECH = clip('austen-0930');
const FRAME = 960;

let room: EngineRoom;
beforeAll(async () => {
  room = await engineRoom();
});
afterAll(() => room.close());

describe.each([
  ['Zipformer', 'zipformer-live-zh-int8', tinyOnlineTransducer(WORDS)],
  ['Paraformer', 'paraformer-live-zh-en-int8', tinyOnlineParaformer(WORDS)],
])('a streaming %s', (_, id, files) => {
  let installed: InstalledModel;
  let model: AsrModel;
  let engine: SupervisedChild;
  let provider: AsrProvider;
  let recognizer: SharedRecognizer;

  beforeAll(async () => {
    model = { ...(findModel(id) as AsrModel), files: Object.keys(files).map((name) => ({ name })), downloadBytes: 1 };
    installed = await room.install(model, files);
    engine = createSherpaEngine({ installed, slots: 1, ...room.base });
    provider = sherpaAsr({ model, engine });
    recognizer = createRecognizer({
      models: {
        catalogue: [model],
        installed: () => installed,
        progressOf: () => ({ id, state: 'installed' }) as never,
        ensure: () => undefined,
        onChange: () => () => undefined,
      },
      slots: createSlots({ clock: systemClock, metrics: noMetrics, slots: 2 }),
      poolSize: 2,
      model: 'auto',
      corrections: {},
      autoPull: false,
      openEngine: () => ({ provider, start: () => engine.start(), status: () => engine.status() }),
      ...room.base,
    });
    await recognizer.prepare('zh-CN');
  });

  asrContract(it, { provider: () => provider, speech: () => SPEECH, heard: /^你好小智$/, language: 'zh-CN' });

  it('recognises the same in steps of any length, even with another stream in between', async () => {
    for (const samples of [160, FRAME, 5_120, SPEECH.length]) {
      const [one, other] = [provider.openSteps!(), provider.openSteps!()];
      for (let at = 0; at < SPEECH.length; at += samples) {
        await one.decode(SPEECH.subarray(at, at + samples), false, never);
        if (at % (3 * samples) === 0) await other.decode(SPEECH.subarray(at, at + samples), false, never);
      }
      expect((await one.decode(new Int16Array(), true, never)).text).toBe('你好小智');
      other.close();
    }
  }, 60_000);

  it('recognises during speech, and completes the text at the end', async () => {
    const texts: string[] = [];
    const deviceId = 'one';
    const live = recognizer.live!({ deviceId, language: 'zh-CN', onText: (text) => texts.push(text) });
    for (let at = 0; at < SPEECH.length; at += FRAME) {
      live!.push(SPEECH.subarray(at, at + FRAME));
      if (at % (8 * FRAME) === 0) await expect.poll(() => texts.length).toBeGreaterThanOrEqual(at > 0 ? 1 : 0);
    }
    const deadlineMs = systemClock.nowMs() + 1000;
    const request = { deviceId, pcm: SPEECH, language: 'zh-CN', deadlineMs, live };
    expect(await recognizer.recognize(request, never)).toMatchObject({ text: '你好小智', asr: id });
    for (const text of texts) expect('你好小智').toContain(text);
    live!.close();
  });

  it('recognises the kept audio if its process ends during the utterance', async () => {
    const deviceId = 'two';
    const texts: string[] = [];
    const live = recognizer.live!({ deviceId, language: 'zh-CN', onText: (text) => texts.push(text) });
    for (let at = 0; at < SPEECH.length / 2; at += FRAME) live!.push(SPEECH.subarray(at, at + FRAME));
    await expect.poll(() => texts.length).toBeGreaterThan(0);
    const { pid, restarts } = engine.status();
    process.kill(pid!, 'SIGKILL');
    await expect.poll(() => engine.status().pid).not.toBe(pid);
    live!.push(SPEECH.subarray(SPEECH.length / 2));
    const deadlineMs = systemClock.nowMs() + 1000;
    const request = { deviceId, pcm: SPEECH, language: 'zh-CN', deadlineMs, live };
    expect((await recognizer.recognize(request, never)).text).toBe('你好小智');
    expect(engine.status().restarts).toBe(restarts + 1);
  });
});
