import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { Scope, systemClock } from '../core/index.js';
import type { DeviceRecord } from '../platform/store/index.js';
import { BrowserDevices } from './browser-devices.js';

it('forgets a device whose session ended while its requests were waiting for the database', async () => {
  const scope = new Scope('test', () => undefined);
  const bound = new Set<string>();
  const record = { deviceId: '' } as DeviceRecord;
  let open = true;
  let release: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => (release = resolve));
  const browsers = new BrowserDevices({
    store: {
      seen: async () => record,
      bind: async (deviceId) => {
        await busy;
        bound.add(deviceId);
        return record;
      },
      list: async () => [],
    },
    localToken: 'secret',
    issue: () => 'token',
    isOpen: () => open,
    forget: async (deviceId) => bound.delete(deviceId),
    clock: systemClock,
    scope,
  });
  const first = browsers.open(1, 'en-US');
  open = false;
  browsers.close(1);
  const second = browsers.open(1, 'en-US');
  release();
  expect(await Promise.allSettled([first, second])).toMatchObject([
    { reason: { code: 'admin.not_signed_in' } },
    { reason: { code: 'admin.not_signed_in' } },
  ]);
  await scope.close();
  expect([...bound]).toEqual([]);
});

it('forgets a device as soon as the database is back if its session ended meanwhile', async () => {
  const failures: string[] = [];
  const scope = new Scope('test', (name) => failures.push(name));
  const clock = new FakeClock();
  const record = { deviceId: '' } as DeviceRecord;
  const forgotten: string[] = [];
  let lost = true;
  const browsers = new BrowserDevices({
    store: { seen: async () => record, bind: async () => record, list: async () => [] },
    localToken: 'secret',
    issue: () => 'token',
    isOpen: () => true,
    clock,
    scope,
    forget: async (deviceId) => {
      if (lost) throw new Error('the database is lost');
      forgotten.push(deviceId);
      return true;
    },
  });
  const { deviceId } = await browsers.open(1, 'en-US');
  browsers.close(1);
  await clock.advance(60_000);
  lost = false;
  await clock.advance(60_000);
  expect([forgotten, failures, clock.pending]).toEqual([[deviceId], [], 0]);
  await scope.close();
});
