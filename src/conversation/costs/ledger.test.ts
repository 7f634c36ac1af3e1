import { beforeEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { Spending, SpendingStore } from '../../platform/store/index.js';
import { meteredRecognition } from '../../providers/index.js';
import { meteredVoice } from '../../providers/spending.js';
import { CostLedger } from './index.js';
import type { CostSettings } from './ledger.js';

class MemoryStore implements SpendingStore {
  rows: Spending[] = [];
  writes = 0;
  fails = false;

  since(day: string): Promise<readonly Spending[]> {
    return Promise.resolve(this.rows.filter((row) => row.day >= day));
  }

  add(spendings: readonly Spending[]): Promise<void> {
    if (this.fails) return Promise.reject(new ChorusError('store.failed', 'away'));
    this.writes += 1;
    this.rows.push(...spendings);
    return Promise.resolve();
  }
}

let store: MemoryStore;
let clock: FakeClock;
let settings: CostSettings;
beforeEach(() => {
  store = new MemoryStore();
  clock = new FakeClock();
  settings = { prices: { acme: { thousand_characters: 2, hour: 36 }, glm: { million_output_tokens: 10 } } };
});
const ledger = (metrics = new CountingMetrics()): CostLedger =>
  new CostLedger({ store, settings: () => settings, clock, log: silentLogger, metrics });

describe('costs of paid services', () => {
  it('are summed by day, device, agent, service and unit, and have a cost if a price is set', async () => {
    const costs = ledger();
    costs.talksTo('a', 'pirate');
    costs.spent('a', 'acme', 'characters', 300);
    costs.spent('a', 'acme', 'characters', 200);
    costs.spent('b', 'acme', 'audio_ms', 10_000);
    costs.spent('b', 'other', 'characters', 7);
    expect(await costs.recent(1)).toMatchObject([
      { deviceId: 'a', agentId: 'pirate', provider: 'acme', unit: 'characters', amount: 500, cost: 1 },
      { deviceId: 'b', agentId: '', provider: 'acme', unit: 'audio_ms', amount: 10_000, cost: 0.1 },
      { deviceId: 'b', provider: 'other', amount: 7 },
    ]);
    expect((await costs.recent(1))[2]).not.toHaveProperty('cost');
  });

  it('are counted by a metric that sums all devices', () => {
    const metrics = new CountingMetrics();
    const costs = ledger(metrics);
    costs.spent('a', 'acme', 'characters', 300);
    costs.spent('b', 'acme', 'characters', 200);
    expect(metrics.of('chorus_paid_units_total')).toEqual({ 'acme characters': 500 });
  });

  it('are written only after spending, and wait for an unreachable database', async () => {
    const costs = ledger();
    await costs.flush();
    costs.spent('a', 'acme', 'characters', 0);
    await costs.flush();
    expect(store.writes).toBe(0);
    store.fails = true;
    costs.spent('a', 'acme', 'characters', 5);
    await costs.flush();
    store.fails = false;
    costs.spent('a', 'acme', 'characters', 6);
    await costs.flush();
    expect(store.rows).toMatchObject([{ amount: 11 }]);
  });

  it.each([
    ['per_device', ['a', 'a2']],
    ['per_agent', ['a', 'a2', 'b']],
    ['per_server', ['a', 'a2', 'b', 'c']],
  ] as const)('refuse devices at %s until midnight', async (key, stopped) => {
    settings = { ...settings, [key]: 1 };
    const costs = ledger();
    for (const device of ['a', 'a2', 'b']) costs.talksTo(device, 'pirate');
    costs.talksTo('c', 'owl');
    costs.spent('a', 'acme', 'characters', 500);
    costs.spent('a2', 'acme', 'characters', 500);
    const refused = (device: string): boolean => costs.refusal(device, 'zh-CN') !== undefined;
    expect(['a', 'a2', 'b', 'c'].filter(refused)).toEqual([...stopped]);
    expect(() => costs.admit('a')).toThrow(expect.objectContaining({ code: 'capacity.budget' }));
    await clock.advance(24 * 3_600_000);
    expect(refused('a')).toBe(false);
  });

  it('keep the sum of the device that was first to spend, however many devices there are', () => {
    settings = { ...settings, per_device: 3 };
    const costs = ledger();
    const spend = (device: string): void => costs.spent(device, 'acme', 'characters', 500);
    spend('first');
    for (let n = 1; n < 10_000; n++) spend(`device ${n}`);
    spend('first');
    spend('first');
    expect(costs.refusal('first', 'en')).toContain('budget');
  });

  it('include the spending from before a restart', async () => {
    settings = { ...settings, per_server: 1 };
    const before = ledger();
    before.spent('a', 'acme', 'characters', 600);
    await before.flush();
    const after = ledger();
    expect(after.refusal('b', 'en')).toBeUndefined();
    await after.load();
    expect(after.refusal('b', 'en')).toContain('budget');
  });
});

describe('a metered service', () => {
  const never = new AbortController().signal;

  it('counts the characters that a voice speaks, and is not called when the budget is used up', async () => {
    settings = { ...settings, per_device: 0.01 };
    const costs = ledger();
    let asked = 0;
    const voice = meteredVoice(
      {
        id: 'acme',
        languages: ['*'],
        local: false,
        predictMs: () => 1,
        synthesize: () => {
          asked += 1;
          return Promise.resolve({ format: { kind: 'mp3' }, chunks: (async function* () {})() });
        },
      },
      costs,
    );
    await voice.synthesize({ text: '你好🙂123', language: 'zh', device: 'a' }, never);
    await expect(voice.synthesize({ text: '再见', language: 'zh', device: 'a' }, never)).rejects.toMatchObject({
      code: 'capacity.budget',
    });
    expect(asked).toBe(1);
    expect(await costs.recent(1)).toMatchObject([{ unit: 'characters', amount: 6 }]);
  });

  it('counts each piece of a sentence when the voice takes it, and only once if it is read again', async () => {
    settings = { ...settings, per_device: 0.01 };
    const costs = ledger();
    const pieces: AsyncIterable<string> = {
      async *[Symbol.asyncIterator]() {
        yield '你好🙂';
        yield '123';
      },
    };
    let asked = 0;
    const voice = meteredVoice(
      {
        id: 'acme',
        languages: ['*'],
        local: false,
        predictMs: () => 1,
        synthesize: () => Promise.reject(new Error('not asked')),
        async stream(request) {
          asked += 1;
          for await (const piece of request.pieces) if (piece !== '') break;
          const read: string[] = [];
          for await (const piece of request.pieces) read.push(piece);
          expect(read).toEqual(['你好🙂', '123']);
          return { format: { kind: 'mp3' }, chunks: (async function* () {})() };
        },
      },
      costs,
    );
    await voice.stream?.({ pieces, language: 'zh', device: 'a' }, never);
    expect(await costs.recent(1)).toMatchObject([{ unit: 'characters', amount: 6 }]);
    await expect(voice.stream?.({ pieces, language: 'zh', device: 'a' }, never)).rejects.toMatchObject({
      code: 'capacity.budget',
    });
    expect(asked).toBe(1);
  });

  it('counts the audio given to a recognition stream once, however the stream ends', async () => {
    const costs = ledger();
    const asr = meteredRecognition(
      {
        id: 'acme',
        languages: ['*'],
        local: false,
        punctuationMeansEnd: true,
        predictMs: () => 1,
        transcribe: () => Promise.resolve({ text: 'hi', runMs: 1 }),
        open: () => ({ push: () => undefined, finish: () => Promise.resolve('hi'), close: () => undefined }),
      },
      costs,
    );
    await asr.transcribe({ pcm: new Int16Array(16_000), language: 'en', device: 'a' }, never);
    const stream = asr.open?.({ language: 'en', device: 'a' }, never);
    stream?.push(new Int16Array(8_000));
    await stream?.finish();
    stream?.close();
    expect(await costs.recent(1)).toMatchObject([{ unit: 'audio_ms', amount: 1_500 }]);
    settings = { ...settings, per_device: 0 };
    await expect(asr.open?.({ language: 'en', device: 'a' }, never).finish()).rejects.toMatchObject({
      code: 'capacity.budget',
    });
  });
});
