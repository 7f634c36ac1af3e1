import { afterAll, beforeAll, expect, it } from 'vitest';
import { noMetrics, systemClock } from '../../src/core/index.js';
import { createProcessReader } from '../../src/platform/machine/index.js';
import { createSlots } from '../../src/capacity/index.js';
import { createRecognizer, type SharedRecognizer } from '../../src/speech/recognition/index.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { clip } from '../fixtures/speech.js';

// Tests the recogniser with its real parts: model store, slots, engine process, and the model Moonshine.
let room: EngineRoom;
let recognizer: SharedRecognizer;

beforeAll(async () => {
  room = await engineRoom();
  recognizer = createRecognizer({
    models: await room.store({ fetch: () => Promise.reject(new Error('no network')) }),
    slots: createSlots({ clock: systemClock, metrics: noMetrics, slots: 2 }),
    poolSize: 2,
    model: 'auto',
    corrections: { amiable: 'friendly' },
    autoPull: true,
    ...room.base,
  });
});
afterAll(() => room.close());

it('recognises English without a network, while a Chinese device waits for its own model', async () => {
  const signal = new AbortController().signal;
  recognizer.ensureFor('zh-CN');
  // This device speaks before the model is loaded, so it waits for the model.
  const early = recognizer.recognize(
    { deviceId: 'a', pcm: clip('austen-0930'), language: 'en-US', deadlineMs: systemClock.nowMs() + 1_000 },
    signal,
  );
  await recognizer.prepare('en-US');
  const recognition = await early;
  expect(recognition).toMatchObject({ asr: 'moonshine-tiny-en', punctuationMeansEnd: true });
  expect(recognition.text).toMatch(/friendly himself/i);
  expect(recognition.runMs).toBeGreaterThan(0);
  const chinese = recognizer.recognize(
    { deviceId: 'b', pcm: clip('austen-0930'), language: 'zh-CN', deadlineMs: systemClock.nowMs() + 1_000 },
    signal,
  );
  await expect(chinese).rejects.toMatchObject({ code: expect.stringMatching(/^model\.(missing|not_fetched)$/) });
  expect(recognizer.statuses()).toMatchObject([{ name: 'asr', state: 'ready' }]);
});

it('runs one process for each simultaneous recognition if the model needs it, until its scope ends', async () => {
  const scope = room.scope.child('replicas');
  const engines = async (): Promise<number> =>
    (await createProcessReader({ clock: systemClock }).read([process.pid])).filter(({ name }) => name === 'asr').length;
  const before = await engines();
  const replicated = createRecognizer({
    models: await room.store({ fetch: () => Promise.reject(new Error('no network')) }),
    slots: createSlots({ clock: systemClock, metrics: noMetrics, slots: 2 }),
    poolSize: 2,
    replicas: true,
    model: 'auto',
    corrections: {},
    autoPull: false,
    ...room.base,
    scope,
  });
  await replicated.prepare('en-US');
  expect(await engines()).toBe(before + 2);
  const texts = ['a', 'b', 'c'].map((deviceId) =>
    replicated.recognize(
      { deviceId, pcm: clip('austen-0930'), language: 'en-US', deadlineMs: systemClock.nowMs() + 1_000 },
      new AbortController().signal,
    ),
  );
  for (const { text } of await Promise.all(texts)) expect(text).toMatch(/amiable himself/i);
  expect(replicated.statuses()).toMatchObject([{ name: 'asr', state: 'ready' }]);
  await scope.close();
  expect(await engines()).toBe(before);
});

it('ends its process and every task with its scope', async () => {
  const pid = recognizer.statuses()[0]?.pid;
  await room.scope.close();
  expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  expect(room.scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
  expect(room.errors).toEqual([]);
});
