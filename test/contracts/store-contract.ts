import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/platform/store/index.js';
import { activation, DEVICE, install, mac, turn } from './store-rows.js';

/**
 * The contract of every {@link Store}, on any database. `open` gives an empty store; `reopen` opens the same data
 * again.
 */
export function storeContract(name: string, open: () => Promise<Store>, reopen: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('records the reports of a device, and updates them', async () => {
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
        name: undefined,
        agentId: undefined,
      });
      const second = await store.seen(
        { ...DEVICE, board: undefined, firmwareVersion: '2.5.0', language: 'en-US' },
        1_785_000_000_000,
      );
      expect(second).toMatchObject({
        board: undefined,
        firmwareVersion: '2.5.0',
        language: 'en-US',
        firstSeenMs: 1000,
        lastSeenMs: 1_785_000_000_000,
      });
      expect(await store.find(DEVICE.deviceId)).toEqual(second);
    });

    it('keeps the binding when the device reports again, even with another client', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'code', 2);
      const after = await store.seen({ ...DEVICE, clientId: 'impostor' }, 3);
      expect(after).toMatchObject({ clientId: 'impostor', boundClientId: 'client-1', boundBy: 'code', boundAtMs: 2 });
    });

    it('refuses to bind an unknown device', async () => {
      await expect(store.bind('00:00:00:00:00:01', 'c', 'lan', 1)).rejects.toMatchObject({ code: 'store.failed' });
      await expect(store.rotate('00:00:00:00:00:01')).rejects.toMatchObject({ code: 'store.failed' });
    });

    it('ends the tokens of the former client when another client is bound', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'lan', 2);
      await store.rotate(DEVICE.deviceId);
      const again = await store.bind(DEVICE.deviceId, 'client-1', 'lan', 3);
      expect(again).toMatchObject({ tokenGeneration: 2, previousGenerationValid: true });
      const other = await store.bind(DEVICE.deviceId, 'client-2', 'lan', 4);
      expect(other).toMatchObject({ tokenGeneration: 4, previousGenerationValid: false, boundClientId: 'client-2' });
    });

    it('limits the devices that are bound in one way, even for simultaneous requests', async () => {
      for (let n = 0; n < 8; n++) await store.seen({ ...DEVICE, deviceId: mac(n) }, n);
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, n) => store.bindWithin(3, mac(n), 'c', 'lan', 9)),
      );
      expect(results.filter((r) => r !== undefined)).toHaveLength(3);
      expect(await store.countBound('lan')).toBe(3);
      expect(await store.countBound('code')).toBe(0);
      const [bound] = results.filter((r) => r !== undefined);
      expect(await store.bindWithin(3, bound!.deviceId, 'c2', 'lan', 10)).toMatchObject({ boundClientId: 'c2' });
    });

    it('imports devices of another server as bound, without a client; known devices stay as they are', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'code', 2);
      await store.seen({ ...DEVICE, deviceId: mac(1) }, 3);
      await store.revoke(mac(1));
      const old = (deviceId: string) => ({
        deviceId,
        board: 'esp-box-3',
        firmwareVersion: '1.8.2',
        language: 'zh-CN',
        name: 'Kitchen',
        agentId: undefined,
      });
      const many = Array.from({ length: 150 }, (_, n) => old(mac(100 + n)));
      expect(await store.adopt([old(DEVICE.deviceId), old(mac(1)), ...many], 4)).toBe(150);
      expect(await store.adopt([old(DEVICE.deviceId), old(mac(1)), ...many], 5)).toBe(0);
      expect(await store.find(DEVICE.deviceId)).toMatchObject({
        ...DEVICE,
        boundBy: 'code',
        boundAtMs: 2,
        name: 'Kitchen',
      });
      expect(await store.find(mac(1))).toMatchObject({ revoked: true, boundBy: undefined });
      const waiting = {
        board: 'esp-box-3',
        firmwareVersion: '1.8.2',
        boundBy: 'import',
        boundAtMs: 4,
        boundClientId: undefined,
        previousGenerationValid: false,
        name: 'Kitchen',
      };
      expect(await store.find(mac(100))).toMatchObject(waiting);
      // The token of the server that the device came from stays valid until the device first uses this server's token.
      expect(await store.bindWithin(1000, mac(100), 'client-9', 'import', 6)).toMatchObject({
        boundClientId: 'client-9',
        boundAtMs: 6,
        tokenGeneration: (await store.find(mac(101)))?.tokenGeneration,
        previousGenerationValid: true,
      });
      await store.confirmGeneration(mac(100));
      expect(await store.bind(mac(100), 'client-9', 'import', 7)).toMatchObject({ previousGenerationValid: false });
    });

    it('rotates, confirms and revokes tokens', async () => {
      await store.seen(DEVICE, 1);
      await store.bind(DEVICE.deviceId, 'client-1', 'code', 2);
      const rotated = { tokenGeneration: 2, previousGenerationValid: true };
      expect(await store.rotate(DEVICE.deviceId)).toMatchObject(rotated);
      // The device still uses its first token. If this rotation counted as a second one, it would end that token.
      expect(await store.rotate(DEVICE.deviceId)).toMatchObject(rotated);
      await store.confirmGeneration(DEVICE.deviceId);
      expect(await store.find(DEVICE.deviceId)).toMatchObject({ tokenGeneration: 2, previousGenerationValid: false });
      await store.putActivation(activation(7, { deviceId: DEVICE.deviceId }));
      await store.revoke(DEVICE.deviceId);
      const revoked = await store.find(DEVICE.deviceId);
      expect(revoked).toMatchObject({
        revoked: true,
        boundAtMs: undefined,
        boundBy: undefined,
        boundClientId: undefined,
        previousGenerationValid: false,
      });
      expect(revoked!.tokenGeneration).toBeGreaterThan(3);
      expect(await store.takeCode('000007', 2000)).toBeUndefined();
      expect(await store.bind(DEVICE.deviceId, 'client-1', 'code', 5)).toMatchObject({ revoked: false });
    });

    it('gives a code to exactly one taker, and only during its lifetime', async () => {
      await store.putActivation(activation(1));
      expect(await store.activationOf(mac(1), 'c')).toEqual(activation(1));
      expect(await store.activationOf(mac(1), 'other')).toBeUndefined();
      expect(await store.takeCode('999999', 2000)).toBeUndefined();
      expect(await store.takeCode('000001', 601_001)).toBeUndefined();
      const taken = await Promise.all([store.takeCode('000001', 2000), store.takeCode('000001', 2000)]);
      expect(taken.filter((t) => t !== undefined)).toEqual([activation(1)]);
      expect(await store.activationOf(mac(1), 'c')).toEqual(activation(1, { code: undefined }));
      const dropped = await Promise.all([store.dropActivation(mac(1), 'c'), store.dropActivation(mac(1), 'c')]);
      expect(dropped.filter((own) => own)).toHaveLength(1);
      expect(await store.dropActivation(mac(1), 'c')).toBe(false);
    });

    it('has different codes for two clients of one MAC, and refuses the same code twice', async () => {
      await store.putActivation(activation(1));
      await store.putActivation(activation(1, { clientId: 'impostor', code: '111111' }));
      expect(await store.takeCode('111111', 2000)).toMatchObject({ clientId: 'impostor' });
      await expect(store.putActivation(activation(2, { code: '000001' }))).rejects.toMatchObject({
        code: 'store.taken',
      });
      expect(await store.takeCode('000001', 2000)).toMatchObject({ clientId: 'c' });
    });

    it('keeps at most 100 pairings and no expired ones', async () => {
      for (let n = 0; n < 105; n++) await store.putActivation(activation(n));
      expect(await store.activationOf(mac(0), 'c')).toBeUndefined();
      expect(await store.activationOf(mac(4), 'c')).toBeUndefined();
      expect(await store.activationOf(mac(5), 'c')).toBeDefined();
      // Devices whose code was used are removed before devices that still wait.
      expect(await store.takeCode('000104', 2000)).toBeDefined();
      await store.putActivation(activation(105));
      expect(await store.activationOf(mac(104), 'c')).toBeUndefined();
      expect(await store.activationOf(mac(5), 'c')).toBeDefined();
      await store.putActivation(activation(200, { createdMs: 700_000, expiresMs: 900_000 }));
      expect(await store.activationOf(mac(103), 'c')).toBeUndefined();
    });

    it('keeps the keys of serial numbers', async () => {
      expect(await store.serialKey('S')).toBeUndefined();
      await store.putSerialKeys(new Map([['S', 'aa']]));
      await store.putSerialKeys(
        new Map([
          ['T', 'cc'],
          ['S', 'bb'],
          ['U', 'dd'],
        ]),
      );
      await store.putSerialKeys(new Map());
      expect(await store.serialKey('S')).toBe('bb');
      expect(await store.serials('', 2)).toEqual(['S', 'T']);
      expect(await store.serials('T', 2)).toEqual(['U']);
      expect([await store.dropSerialKey('T'), await store.dropSerialKey('T')]).toEqual([true, false]);
      expect(await store.serialKey('T')).toBeUndefined();
      expect(await store.serials('', 9)).toEqual(['S', 'U']);
    });

    it('keeps secrets', async () => {
      const made = await Promise.all([store.secret('signing', () => 'one'), store.secret('signing', () => 'two')]);
      expect(made[0]).toBe(made[1]);
      expect(await store.secret('other', () => 'three')).toBe('three');
      expect([await store.findSecret('other'), await store.findSecret('none')]).toEqual(['three', undefined]);
      await store.replaceSecret('other', 'four');
      await store.replaceSecret('new', 'five');
      expect([await store.findSecret('other'), await store.findSecret('new')]).toEqual(['four', 'five']);
    });

    it('sets, keeps and removes the name of a device', async () => {
      await store.seen(DEVICE, 1);
      expect(await store.rename(DEVICE.deviceId, '厨房里的小智 🐣')).toMatchObject({ name: '厨房里的小智 🐣' });
      expect(await store.seen(DEVICE, 2)).toMatchObject({ name: '厨房里的小智 🐣', lastSeenMs: 2 });
      expect((await store.rename(DEVICE.deviceId, undefined)).name).toBeUndefined();
      await expect(store.rename(mac(9), 'nobody')).rejects.toMatchObject({ code: 'store.failed' });
    });

    it('deletes all data of a forgotten device, and keeps the others', async () => {
      for (const n of [1, 2]) {
        await store.seen({ ...DEVICE, deviceId: mac(n) }, n);
        await store.bind(mac(n), 'client-1', 'code', n);
        await store.putActivation(activation(n));
        await store.history.keepTurns([turn(n, { deviceId: mac(n) })]);
        await store.firmware.putInstall(install(n));
      }
      expect(await store.forget(mac(1))).toBe(true);
      expect(await store.forget(mac(1))).toBe(false);
      expect((await store.list()).map(({ deviceId }) => deviceId)).toEqual([mac(2)]);
      expect(await store.takeCode('000001', 2000)).toBeUndefined();
      expect(await store.takeCode('000002', 2000)).toBeDefined();
      expect((await store.history.recentTurns({ limit: 10 })).map(({ deviceId }) => deviceId)).toEqual([mac(2)]);
      expect((await store.firmware.installs('r1')).map(({ deviceId }) => deviceId)).toEqual([mac(2)]);
    });

    it('has all data after it was closed and opened again', async () => {
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

    it('lists devices in the order of their first report', async () => {
      for (const [n, atMs] of [
        [3, 1],
        [1, 2],
        [2, 2],
      ] as const)
        await store.seen({ ...DEVICE, deviceId: mac(n) }, atMs);
      await store.seen({ ...DEVICE, deviceId: mac(3) }, 3);
      expect((await store.list()).map(({ deviceId }) => deviceId)).toEqual([mac(3), mac(1), mac(2)]);
    });

    it('throws an error after it was closed, which names the failed operation', async () => {
      const { deviceId } = DEVICE;
      const operations: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['find a device', () => store.find(deviceId)],
        ['record a device', () => store.seen(DEVICE, 1)],
        ['bind a device', () => store.bind(deviceId, 'c', 'code', 1)],
        ['bind a device', () => store.bindWithin(1, deviceId, 'c', 'lan', 1)],
        ['count devices', () => store.countBound('lan')],
        ['take over devices', () => store.adopt([{ ...DEVICE, name: undefined, agentId: undefined }], 1)],
        ['confirm a token', () => store.confirmGeneration(deviceId)],
        ['rotate a token', () => store.rotate(deviceId)],
        ['revoke a device', () => store.revoke(deviceId)],
        ['list devices', () => store.list()],
        ['name a device', () => store.rename(deviceId, 'Kitchen')],
        ['forget a device', () => store.forget(deviceId)],
        ['give a device an agent', () => store.assignAgent(deviceId, undefined)],
        ['let a device change its agent', () => store.allowRoles(deviceId, [])],
        ['start a pairing', () => store.putActivation(activation(1))],
        ['find a pairing', () => store.activationOf(deviceId, 'c')],
        ['take a pairing code', () => store.takeCode('000001', 1)],
        ['end a pairing', () => store.dropActivation(deviceId, 'c')],
        ['find a serial number', () => store.serialKey('S')],
        ['record serial numbers', () => store.putSerialKeys(new Map([['S', 'aa']]))],
        ['list serial numbers', () => store.serials('', 1)],
        ['forget a serial number', () => store.dropSerialKey('S')],
        ['keep a secret', () => store.secret('signing', () => 'x')],
        ['find a secret', () => store.findSecret('signing')],
        ['replace a secret', () => store.replaceSecret('signing', 'x')],
      ];
      await store.close();
      for (const [operation, work] of operations)
        await expect(work()).rejects.toMatchObject({
          code: 'store.failed',
          message: expect.stringContaining(operation) as string,
        });
      store = await reopen();
    });
  });
}
