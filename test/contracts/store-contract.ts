import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivationRecord, DeviceStore } from '../../src/store/index.js';

const DEVICE = { deviceId: 'a0:85:e3:f4:49:34', clientId: 'client-1', board: 'bread-compact-wifi', firmwareVersion: '2.4.2', language: 'zh-CN' };
const activation = (n: number, fields: Partial<ActivationRecord> = {}): ActivationRecord => ({
  deviceId: mac(n),
  clientId: 'c',
  code: String(n).padStart(6, '0'),
  challenge: `challenge-${n}`,
  createdMs: 1000 + n,
  expiresMs: 601_000 + n,
  ...fields,
});
const mac = (n: number): string => `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;

/** What every {@link DeviceStore} does, whatever is below it. `open` gives an empty one; `reopen` the same data again. */
export function storeContract(name: string, open: () => Promise<DeviceStore>, reopen: () => Promise<DeviceStore>): void {
  describe(`device store: ${name}`, () => {
    let store: DeviceStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('records what a device says of itself, and updates it', async () => {
      expect(await store.find(DEVICE.deviceId)).toBeUndefined();
      const first = await store.seen(DEVICE, 1000);
      expect(first).toEqual({
        ...DEVICE,
        boundAtMs: undefined,
        boundBy: undefined,
        boundClientId: undefined,
        tokenGeneration: 1,
        previousGenerationValid: false,
        revoked: false,
        firstSeenMs: 1000,
        lastSeenMs: 1000,
      });
      const second = await store.seen({ ...DEVICE, board: undefined, firmwareVersion: '2.5.0', language: 'en-US' }, 1_785_000_000_000);
      expect(second).toMatchObject({ board: undefined, firmwareVersion: '2.5.0', language: 'en-US', firstSeenMs: 1000, lastSeenMs: 1_785_000_000_000 });
      expect(await store.find(DEVICE.deviceId)).toEqual(second);
    });

    it('keeps the binding when the device is seen again, even with another client', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'code', 2);
      const after = await store.seen({ ...DEVICE, clientId: 'impostor' }, 3);
      expect(after).toMatchObject({ clientId: 'impostor', boundClientId: 'client-1', boundBy: 'code', boundAtMs: 2 });
    });

    it('refuses to bind what it has never seen', async () => {
      await expect(store.bind('00:00:00:00:00:01', 'c', 'lan', 1)).rejects.toMatchObject({ code: 'store.failed' });
      await expect(store.rotate('00:00:00:00:00:01')).rejects.toMatchObject({ code: 'store.failed' });
    });

    it('binding to another client ends the tokens of the former one', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'lan', 2);
      await store.rotate(DEVICE.deviceId);
      const again = await store.bind(DEVICE.deviceId, 'client-1', 'lan', 3);
      expect(again).toMatchObject({ tokenGeneration: 2, previousGenerationValid: true });
      const other = await store.bind(DEVICE.deviceId, 'client-2', 'lan', 4);
      expect(other).toMatchObject({ tokenGeneration: 4, previousGenerationValid: false, boundClientId: 'client-2' });
    });

    it('binds at most so many in one way, also when all come at once', async () => {
      for (let n = 0; n < 8; n++) await store.seen({ ...DEVICE, deviceId: mac(n) }, n);
      const results = await Promise.all(Array.from({ length: 8 }, (_, n) => store.bindWithin(3, mac(n), 'c', 'lan', 9)));
      expect(results.filter((r) => r !== undefined)).toHaveLength(3);
      expect(await store.countBound('lan')).toBe(3);
      expect(await store.countBound('code')).toBe(0);
      const [bound] = results.filter((r) => r !== undefined);
      expect(await store.bindWithin(3, bound!.deviceId, 'c2', 'lan', 10)).toMatchObject({ boundClientId: 'c2' });
    });

    it('rotates, confirms and revokes tokens', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'code', 2);
      expect(await store.rotate(DEVICE.deviceId)).toMatchObject({ tokenGeneration: 2, previousGenerationValid: true });
      await store.confirmGeneration(DEVICE.deviceId);
      expect(await store.find(DEVICE.deviceId)).toMatchObject({ tokenGeneration: 2, previousGenerationValid: false });
      await store.putActivation(activation(7, { deviceId: DEVICE.deviceId }));
      await store.revoke(DEVICE.deviceId);
      const revoked = await store.find(DEVICE.deviceId);
      expect(revoked).toMatchObject({ revoked: true, boundAtMs: undefined, boundBy: undefined, boundClientId: undefined, previousGenerationValid: false });
      expect(revoked!.tokenGeneration).toBeGreaterThan(3);
      expect(await store.takeCode('000007', 2000)).toBeUndefined();
      expect(await store.bind(DEVICE.deviceId, 'client-1', 'code', 5)).toMatchObject({ revoked: false });
    });

    it('a code is taken by exactly one, and only while it lasts', async () => {
      await store.putActivation(activation(1));
      expect(await store.activationOf(mac(1), 'c')).toEqual(activation(1));
      expect(await store.activationOf(mac(1), 'other')).toBeUndefined();
      expect(await store.takeCode('999999', 2000)).toBeUndefined();
      expect(await store.takeCode('000001', 601_001)).toBeUndefined();
      const taken = await Promise.all([store.takeCode('000001', 2000), store.takeCode('000001', 2000)]);
      expect(taken.filter((t) => t !== undefined)).toEqual([activation(1)]);
      expect(await store.activationOf(mac(1), 'c')).toEqual(activation(1, { code: undefined }));
      expect(await Promise.all([store.dropActivation(mac(1), 'c'), store.dropActivation(mac(1), 'c')])).toEqual([true, false]);
    });

    it('two clients of one MAC have different codes; the same code twice is refused', async () => {
      await store.putActivation(activation(1));
      await store.putActivation(activation(1, { clientId: 'impostor', code: '111111' }));
      expect(await store.takeCode('111111', 2000)).toMatchObject({ clientId: 'impostor' });
      await expect(store.putActivation(activation(2, { code: '000001' }))).rejects.toMatchObject({ code: 'store.failed' });
      expect(await store.takeCode('000001', 2000)).toMatchObject({ clientId: 'c' });
    });

    it('keeps at most 100 pairings and no expired ones', async () => {
      for (let n = 0; n < 105; n++) await store.putActivation(activation(n));
      expect(await store.activationOf(mac(0), 'c')).toBeUndefined();
      expect(await store.activationOf(mac(4), 'c')).toBeUndefined();
      expect(await store.activationOf(mac(5), 'c')).toBeDefined();
      await store.putActivation(activation(200, { createdMs: 700_000, expiresMs: 900_000 }));
      expect(await store.activationOf(mac(104), 'c')).toBeUndefined();
    });

    it('keeps serial keys and secrets', async () => {
      expect(await store.serialKey('S')).toBeUndefined();
      await store.putSerialKey('S', 'aa');
      await store.putSerialKey('S', 'bb');
      expect(await store.serialKey('S')).toBe('bb');
      const made = await Promise.all([store.secret('signing', () => 'one'), store.secret('signing', () => 'two')]);
      expect(made[0]).toBe(made[1]);
      expect(await store.secret('other', () => 'three')).toBe('three');
    });

    it('has it all after it was closed and opened again', async () => {
      await store.seen(DEVICE, 1);
      const bound = await store.bind(DEVICE.deviceId, 'client-1', 'lan', 2);
      await store.putActivation(activation(3));
      const secret = await store.secret('signing', () => 'kept');
      await store.close();
      store = await reopen();
      expect(await store.list()).toEqual([bound]);
      expect(await store.activationOf(mac(3), 'c')).toEqual(activation(3));
      expect(await store.secret('signing', () => 'other')).toBe(secret);
    });

    it('is an error after it was closed', async () => {
      await store.close();
      await expect(store.find(DEVICE.deviceId)).rejects.toMatchObject({ code: 'store.failed' });
      store = await reopen();
    });
  });
}
