import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { ModelShop, TOKENS, WEIGHTS } from '../../../test/fakes/model-shop.js';
import { silentLogger } from '../../core/index.js';
import type { ModelStore } from './store-port.js';
import { WrongMirrors } from './mirrors.js';

type Fields = Readonly<Record<string, unknown>>;

const HOUR_MS = 3_600_000;
const WRONG = Buffer.from(WEIGHTS).fill(0, 7, 8);

let shop: ModelShop;
let clock: FakeClock;
let store: ModelStore;
let logged: Fields[];

beforeEach(async () => {
  shop = await ModelShop.open();
  clock = new FakeClock();
  logged = [];
  const log = { ...silentLogger, error: (_: string, fields: Fields = {}) => void logged.push(fields) };
  store = await shop.store({}, { clock, log });
  shop.server.file('/one/weights.bin', WRONG);
});
afterEach(() => shop.close());

let failures = 0;
const downloads = (mirror: string): number =>
  shop.server.requests.filter(({ path }) => path === `/${mirror}/weights.bin`).length;

function ensure(): void {
  failures = 0;
  store.onChange(({ state }) => {
    if (state === 'waiting') failures += 1;
  });
  store.ensure('test-model');
}

async function failed(times: number): Promise<void> {
  await expect.poll(() => failures, { timeout: 10_000, interval: 2 }).toBe(times);
  await settle();
}

describe('a mirror with a wrong file', () => {
  it('is skipped for an hour while the next mirror is used, and is reported once, with its host', async () => {
    ensure();
    await failed(1);
    expect(logged).toEqual([
      {
        model: 'test-model',
        mirror: 'one',
        host: new URL(shop.server.url).host,
        problem: 'models.wrong_mirror',
        reason: 'weights.bin has the wrong hash',
        pauseMs: HOUR_MS,
      },
    ]);
    for (const [i, pauseMs] of [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000].entries()) {
      await clock.advance(pauseMs);
      await failed(2 + i);
    }
    expect([downloads('one'), downloads('two')]).toEqual([1, 9]);
    expect(store.progressOf('test-model').reason).toMatch(
      /one: weights.bin has the wrong hash, asked again in 45 min; two: .* answered 404/,
    );
    expect(logged).toHaveLength(1);
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    await clock.advance(300_000);
    await expect.poll(() => store.installed('test-model')).toBeDefined();
    expect(downloads('one')).toBe(1);
  });

  it('is retried after one, two, four hours and so on if it is the only mirror, in the end once a day', async () => {
    store = await shop.store(
      { source: { type: 'download', mirrors: [shop.mirror('one')] } },
      { clock, log: { ...silentLogger, error: (_: string, fields: Fields = {}) => void logged.push(fields) } },
    );
    ensure();
    await failed(1);
    for (const [i, hours] of [1, 2, 4, 8, 16, 24, 24].entries()) {
      await clock.advance(hours * HOUR_MS - 1);
      await settle();
      expect(downloads('one')).toBe(1 + i);
      await clock.advance(1);
      await failed(2 + i);
      expect(downloads('one')).toBe(2 + i);
    }
    expect(logged).toHaveLength(1);
    shop.stock();
    await clock.advance(24 * HOUR_MS);
    await expect.poll(() => store.installed('test-model')).toBeDefined();
  });

  it('is skipped twice as long each time, at most a day, and not at all after it delivered the right file', () => {
    const wrong = new WrongMirrors(clock);
    const one = shop.mirror('one');
    const hours = Array.from({ length: 7 }, () => {
      wrong.add(one, 'weights.bin has the wrong hash');
      return (wrong.choose([one]).resting[0]?.waitMs ?? 0) / HOUR_MS;
    });
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24]);
    wrong.delete(one);
    expect(wrong.choose([one])).toEqual({ asked: [one], resting: [] });
  });

  it('is tried after the other mirrors once its pause is over', async () => {
    ensure();
    await failed(1);
    const pauses = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, ...Array.from({ length: 11 }, () => 300_000)];
    for (const [i, pauseMs] of pauses.entries()) {
      await clock.advance(pauseMs);
      await failed(2 + i);
    }
    expect(shop.server.requests.slice(-2).map(({ path }) => path)).toEqual(['/two/weights.bin', '/one/weights.bin']);
  });

  it('is tried despite its pause if a user requests the model', async () => {
    ensure();
    await failed(1);
    shop.stock();
    await store.pull('test-model');
    expect(store.installed('test-model')).toBeDefined();
  });

  it('is not blamed for a file that another mirror began', async () => {
    shop.server.file('/one/weights.bin', WRONG, { type: 'cut', afterBytes: 100_000 }, { type: 'status', status: 500 });
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    ensure();
    const later = async <T>(what: () => T): Promise<T> => {
      await clock.advance(1_000);
      return what();
    };
    await expect.poll(() => later(() => failures)).toBe(1);
    expect(logged).toEqual([]);
    await expect.poll(() => later(() => store.installed('test-model'))).toBeDefined();
  });
});
