import { expect, it } from 'vitest';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import { DeviceTokens } from './tokens.js';

it('lets a device in by its new token where the disk is too full to note that the old one has ended, and notes it later', async () => {
  let full = true;
  let device = {
    deviceId: 'a0:85:e3:00:00:01',
    clientId: 'c',
    boundClientId: 'c',
    tokenGeneration: 2,
    previousGenerationValid: true,
    revoked: false,
  } as DeviceRecord;
  const store: Pick<DeviceStore, 'secret' | 'find' | 'confirmGeneration'> = {
    secret: () => Promise.resolve('00'.repeat(32)),
    find: () => Promise.resolve(device),
    confirmGeneration: async () => {
      if (full) throw new ChorusError('data.disk_full', 'no space left');
      device = { ...device, previousGenerationValid: false };
    },
  };
  const warnings: unknown[] = [];
  const tokens = await DeviceTokens.open(store, { ...silentLogger, warn: (_, fields) => void warnings.push(fields) });
  const old = tokens.issue({ ...device, tokenGeneration: 1 });
  const present = tokens.issue(device);
  const isLetIn = async (token: string): Promise<boolean> =>
    (await tokens.check(token, 'a0:85:e3:00:00:01', 'c')) !== undefined;
  expect([await isLetIn(present), await isLetIn(old)]).toEqual([true, true]);
  expect(warnings).toEqual([{ deviceId: 'a0:85:e3:00:00:01', code: 'data.disk_full' }]);
  full = false;
  expect([await isLetIn(present), await isLetIn(old)]).toEqual([true, false]);
});
