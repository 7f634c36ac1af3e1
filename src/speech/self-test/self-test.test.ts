import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { noMetrics, Scope, silentLogger, sleep } from '../../core/index.js';
import {
  conversationKey,
  coresOfConversation,
  costKey,
  createSlots,
  type MeasuredCosts,
} from '../../capacity/index.js';
import { describeMachine } from '../../platform/machine/index.js';
import { PINNED_SHERPA } from '../../engines/index.js';
import type { Foundation } from '../../config/index.js';
import { assumeTriedCost, runSelfTests, type SelfTestOptions, type TestedCapacity } from './self-test.js';

it('times a model only while the server is idle, and keeps the result', async () => {
  const clock = new FakeClock();
  const root = new Scope('test', () => undefined);
  const seen = { recognised: 0, costs: new Map<string, number>(), results: [] as number[], disturbed: 0 };
  let conversations = 1;
  let warmedUp: () => void = () => undefined;
  const warmed = new Promise<void>((resolve) => (warmedUp = resolve));
  const capacity = {
    admission: { view: () => ({ talking: 0, conversations, waiting: 0 }) },
    slots: createSlots({ clock, metrics: noMetrics, slots: 1 }),
    disturb: () => {
      seen.disturbed += 1;
      return () => (seen.disturbed -= 1);
    },
    selfTested: (cores: number) => void seen.results.push(cores),
  } as unknown as TestedCapacity;
  const speech = {
    recognizer: {
      isReady: () => true,
      modelFor: () => 'model',
      recognize: async () => {
        expect(seen.disturbed).toBe(1);
        seen.recognised += 1;
        await sleep(clock, 500);
      },
    },
    models: { installed: () => ({}) },
    voices: { providers: [] },
  } as unknown as SelfTestOptions['speech'];
  const costs = {
    get: (key: string) => seen.costs.get(key),
    set: async (key: string, cost: number) => void seen.costs.set(key, cost),
  } as unknown as MeasuredCosts;
  const foundation = { root, common: { clock, log: silentLogger, metrics: noMetrics } } as unknown as Foundation;
  root.fork('self-test', () =>
    runSelfTests(foundation, { capacity, speech, costs, languages: ['en-US'], undisturbed: () => warmed }),
  );

  await clock.advance(60_000);
  expect(seen.recognised).toBe(0);
  conversations = 0;
  await clock.advance(60_000);
  // The self-test waits, because preparing phrases would add CPU time to the cost of a sentence.
  expect(seen.recognised).toBe(0);
  warmedUp();
  // Reading the clip and /proc takes real time, so the fake clock advances until the result is there.
  await expect
    .poll(
      async () => {
        await clock.advance(1000);
        return seen.results.length;
      },
      { timeout: 15_000, interval: 5 },
    )
    .toBe(1);
  expect(seen.recognised).toBeGreaterThan(1);
  expect(seen.disturbed).toBe(0);
  expect([...seen.costs.keys()].map((key) => key.split(' | ').slice(3).join(' '))).toEqual([
    `asr model sherpa-onnx ${PINNED_SHERPA}`,
    'conversation',
  ]);
  const before = seen.recognised;
  await clock.advance(120_000);
  expect([seen.recognised, seen.results.length]).toEqual([before, 1]);
  await root.close();
});

it('asks no service, which costs no CPU here, and replaces what was stored of it', async () => {
  const clock = new FakeClock();
  const root = new Scope('test', () => undefined);
  const results: number[] = [];
  const machine = describeMachine();
  const stored = new Map([
    [costKey(machine, 'asr', 'cloud', PINNED_SHERPA), 0.15],
    [conversationKey(machine), 0.07],
    [costKey(machine, 'asr', 'model', PINNED_SHERPA), 0.02],
  ]);
  const capacity = {
    admission: { view: () => ({ talking: 0, conversations: 0, waiting: 0 }) },
    slots: createSlots({ clock, metrics: noMetrics, slots: 1 }),
    disturb: () => () => undefined,
    selfTested: (cores: number) => void results.push(cores),
  } as unknown as TestedCapacity;
  const recognize = vi.fn(() => sleep(clock, 500));
  let used = 'cloud';
  const speech = {
    recognizer: { isReady: () => true, modelFor: () => used, recognize },
    models: { installed: (id: string) => (id === 'model' ? {} : undefined) },
    voices: { providers: [] },
  } as unknown as SelfTestOptions['speech'];
  const costs = {
    get: (key: string) => stored.get(key),
    set: async (key: string, cost: number) => void stored.set(key, cost),
  } as unknown as MeasuredCosts;
  const foundation = { root, common: { clock, log: silentLogger, metrics: noMetrics } } as unknown as Foundation;
  root.fork('self-test', () =>
    runSelfTests(foundation, { capacity, speech, costs, languages: ['en-US'], undisturbed: () => Promise.resolve() }),
  );
  await clock.advance(60_000);
  const ofService = coresOfConversation({ asrPerSecond: 0, ttsPerSecond: 0 });
  expect(results).toEqual([ofService]);
  expect(stored.get(conversationKey(machine))).toBe(ofService);
  // The settings change to a model of this machine, to the service, and back.
  for (used of ['model', 'cloud', 'model']) await clock.advance(30_000);
  const ofModel = coresOfConversation({ asrPerSecond: 0.02, ttsPerSecond: 0 });
  expect(results).toEqual([ofService, ofModel, ofService, ofModel]);
  expect(recognize).not.toHaveBeenCalled();
  await root.close();
});

it('uses the costs measured while models were loaded until the self-test has run on this machine', () => {
  const results: number[] = [];
  const cost = new Map([
    ['en-US', 0.04],
    ['zh-CN', 0.03],
  ]);
  const options = (known?: number): Parameters<typeof assumeTriedCost>[0] => ({
    capacity: { selfTested: (cores: number) => void results.push(cores) } as unknown as TestedCapacity,
    speech: {
      recognizer: {
        isReady: (language: string) => cost.has(language),
        triedCost: (language: string) => cost.get(language),
      },
      voices: { providers: [{ id: 'flite', languages: ['en'], local: true, predictMs: () => 80 }] },
    } as unknown as SelfTestOptions['speech'],
    costs: { get: () => known } as unknown as MeasuredCosts,
    languages: ['en-US', 'zh-CN'],
  });
  assumeTriedCost(options());
  // A sentence of 4 s takes 80 ms.
  expect(results).toEqual([coresOfConversation({ asrPerSecond: 0.04, ttsPerSecond: 0.02 })]);
  assumeTriedCost(options(0.03));
  cost.clear();
  assumeTriedCost(options());
  expect(results).toHaveLength(1);
});
