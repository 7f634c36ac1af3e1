import { expect, it } from 'vitest';
import { z } from 'zod';
import { createVoices, heardSettings, sharedVoices, type TtsSettings, type VoicesContext } from './create-voices.js';
import type { ServiceGate } from '../service-gate.js';
import { Circuits } from '../circuits.js';
import { ServiceGates } from '../service-gates.js';
import { both, noMetrics, silentLogger, systemClock } from '../../core/index.js';
import { defineVoice } from '../descriptor.js';
import type { ProviderRegistry } from '../registry.js';
import type { TtsModel } from '../../engines/index.js';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';

function voiceWith(
  concurrent: number | undefined,
  { gates, circuits, tts }: { gates?: ServiceGates; circuits?: Circuits; tts?: Partial<TtsSettings> } = {},
): {
  readonly voice: ReturnType<typeof createVoices>[number] | undefined;
  readonly gate: ServiceGate | undefined;
} {
  let gate: ServiceGate | undefined;
  const descriptor = defineVoice({
    id: 'test',
    name: both('test', '测试'),
    about: both('test', '测试'),
    local: false,
    key: { variables: [], required: false },
    settings: z.object({ api_key: z.string().optional() }),
    languages: ['*'],
    automatic: true,
    inTable: { languages: both('any', '任意'), needs: both('nothing', '无'), sounds: both('not at all', '没有声音') },
    ...(concurrent !== undefined && { limits: () => ({ concurrent }) }),
    create(_, context) {
      gate = context.gate;
      return {
        id: 'test',
        languages: ['*'],
        local: false,
        predictMs: () => 1,
        synthesize: () => Promise.reject(new Error()),
      };
    },
  });
  const context = {
    clock: systemClock,
    log: silentLogger,
    metrics: noMetrics,
    ...(gates && { gates }),
    ...(circuits && { circuits }),
    spender: { admit: () => undefined, spent: () => undefined },
  } as unknown as VoicesContext;
  const registry = { voices: [descriptor] } as unknown as ProviderRegistry;
  const [voice] = createVoices({ provider: 'auto', rate: 1, ...tts }, context, new Map(), registry);
  return { voice, gate };
}

it.each([
  ['xunfei', { api_key: 'k2', api_secret: 's2', max_concurrent: 9, max_per_minute: 9 }],
  ['openai', { api_key: 'k2', max_concurrent: 9, max_per_minute: 9 }],
  ['edge', { max_concurrent: 9 }],
])('cached phrases of %s stay if a key or a limit changes, and are dropped with another address', (id, changed) => {
  const before = heardSettings({ [id]: {} });
  expect(heardSettings({ [id]: changed })).toEqual(before);
  const address = id === 'openai' ? { base_url: 'https://other.example' } : { url: 'wss://other.example' };
  expect(heardSettings({ [id]: address })).not.toEqual(before);
});

it('marks a voice with a key as paid, and keeps one place free from guesses', async () => {
  const { voice, gate } = voiceWith(2);
  expect([voice?.paid, voice?.hasRoom?.()]).toEqual([true, true]);
  const lease = await gate?.take('d', new AbortController().signal);
  expect(voice?.hasRoom?.()).toBe(false);
  lease?.release();
  expect(voice?.hasRoom?.()).toBe(true);
});

it('has no room for guesses with one place, and always has room without a limit', () => {
  expect(voiceWith(1).voice?.hasRoom?.()).toBe(false);
  expect(voiceWith(undefined).voice?.hasRoom?.()).toBeUndefined();
});

it('keeps the gate of a voice in the next configuration, unless its limits change', () => {
  const gates = new ServiceGates();
  const { gate } = voiceWith(2, { gates });
  expect(gate).toBeDefined();
  expect(voiceWith(2, { gates }).gate).toBe(gate);
  expect(voiceWith(3, { gates }).gate).not.toBe(gate);
  expect(voiceWith(2, { gates }).gate).toBe(gate);
});

it('keeps the open circuit of a failing voice in the next configuration, unless its own settings change', () => {
  const circuits = new Circuits(systemClock);
  const isOpen = (tts: Partial<TtsSettings>): boolean => {
    const { voice } = voiceWith(2, { circuits, tts });
    return circuits.of(voice ?? {}).open;
  };
  const { voice } = voiceWith(2, { circuits, tts: { test: { api_key: 'k' } } });
  for (let i = 0; i < 3; i++)
    circuits
      .of(voice ?? {})
      .enter()
      ?.failed();
  expect(isOpen({ test: { api_key: 'k' }, rate: 1.5 })).toBe(true);
  expect(isOpen({ test: { api_key: 'k2' } })).toBe(false);
});

it('a voice that configurations share speaks at the rate of each, and in its present languages', async () => {
  const engine = scriptedTts('heavy', systemClock, [{}]);
  let installed: readonly string[] = [];
  const descriptor = defineVoice({
    id: 'heavy',
    name: both('heavy', '重'),
    about: both('heavy', '重'),
    local: true,
    settings: z.object({}),
    languages: ['en'],
    automatic: true,
    model: { id: 'heavy' } as TtsModel,
    inTable: { languages: both('English', '英语'), needs: both('a model', '模型'), sounds: both('well', '好') },
    create: () => ({
      id: 'heavy',
      get languages() {
        return installed;
      },
      local: true,
      pool: { id: 'heavy', size: 2 },
      predictMs: () => 1,
      synthesize: (request, signal) => engine.synthesize(request, signal),
    }),
  });
  const circuits = new Circuits(systemClock);
  const context = { clock: systemClock, metrics: noMetrics, circuits } as unknown as VoicesContext;
  const registry = { voices: [descriptor] } as unknown as ProviderRegistry;
  const shared = sharedVoices(context, registry);
  const [slow, fast] = [0.8, 1.3].map((rate) => createVoices({ provider: 'auto', rate }, context, shared, registry)[0]);
  installed = ['en'];
  expect(fast).toMatchObject({ id: 'heavy', languages: ['en'], local: true, pool: { id: 'heavy', size: 2 } });
  for (const [voice, rate] of [
    [slow, undefined],
    [fast, undefined],
    [fast, 0.5],
  ] as const)
    await voice?.synthesize(
      { text: 'Hi.', language: 'en', ...(rate !== undefined && { rate }) },
      new AbortController().signal,
    );
  expect(engine.requests.map(({ rate }) => rate)).toEqual([0.8, 1.3, 0.5]);
  expect(circuits.of(fast ?? {})).toBe(circuits.of(slow ?? {}));
});
