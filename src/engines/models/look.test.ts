import { rename, rm, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ModelShop } from '../../../test/fakes/model-shop.js';
import type { ModelProgress } from './store-port.js';

let shop: ModelShop;
beforeEach(async () => {
  shop = await ModelShop.open();
  shop.stock();
});
afterEach(() => shop.close());

describe('changes that another process makes in the models folder', () => {
  it('are detected: an installed model and a removed one', async () => {
    const clock = new FakeClock();
    const seen = await shop.store({}, { clock, lookEveryMs: 3000 });
    const other = await shop.store();
    const states: ModelProgress['state'][] = [];
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        const stop = seen.onChange(({ state }) => {
          states.push(state);
          stop();
          resolve();
        });
      });

    const installed = next();
    await other.pull('test-model');
    expect(seen.installed('test-model')).toBeUndefined();
    await clock.advance(3000);
    await installed;
    expect(seen.installed('test-model')?.files.map(({ name }) => name)).toEqual(['weights.bin', 'sub/tokens.txt']);

    const removed = next();
    await other.remove('test-model');
    // The next check reads files in real time, so the fake clock advances until the check is done.
    await expect
      .poll(async () => {
        await clock.advance(3000);
        return seen.progressOf('test-model').state;
      })
      .toBe('missing');
    await removed;
    expect(states).toEqual(['installed', 'missing']);
  });

  it.skipIf(process.platform === 'win32')('are not reported while the folder cannot be read', async () => {
    const clock = new FakeClock();
    const seen = await shop.store({}, { clock, lookEveryMs: 3000 });
    await seen.pull('test-model');
    const states: ModelProgress['state'][] = [];
    seen.onChange(({ state }) => states.push(state));
    const look = async (): Promise<void> => {
      await clock.advance(3000);
      await expect.poll(() => clock.pending).toBe(1);
    };
    // A link to itself stands in for a folder that cannot be read.
    await rename(shop.models, `${shop.models}.aside`);
    await symlink(shop.models, shop.models);
    await look();
    expect([seen.installed('test-model')?.model.id, states]).toEqual(['test-model', []]);
    await rm(shop.models);
    await rename(`${shop.models}.aside`, shop.models);
    await (await shop.store()).remove('test-model');
    await look();
    expect(states).toEqual(['missing']);
  });

  it('are not detected by a store that does not watch', async () => {
    const clock = new FakeClock();
    const blind = await shop.store({}, { clock });
    await (await shop.store()).pull('test-model');
    await clock.advance(60_000);
    expect(blind.installed('test-model')).toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});
