import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FirmwareRelease, Store } from '../../src/platform/store/index.js';
import type { Agent } from '../../src/records/index.js';
import { DEVICE, install, mac, RELEASE, turn } from './store-rows.js';

/** The contract of every store for agents, firmware and turns. It adds to {@link storeContract}. */
export function storeRecordsContract(name: string, open: () => Promise<Store>): void {
  describe(`agents, firmware and turns: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('keeps agents and their devices', async () => {
      expect(await store.agents.agents()).toEqual([]);
      const teacher: Agent = {
        id: 'teacher',
        name: 'Teacher',
        prompt: 'You are patient.',
        voice: 'en-GB-SoniaNeural',
        language: 'en-GB',
        model: 'qwen',
      };
      const bare: Agent = {
        id: 'bare',
        name: 'Bare',
        prompt: undefined,
        voice: undefined,
        language: undefined,
        model: undefined,
      };
      expect(await store.agents.changeAgent('teacher', (before) => before ?? teacher)).toEqual(teacher);
      await store.agents.changeAgent('bare', () => bare);
      expect(await store.agents.agents()).toEqual([bare, teacher]);
      expect(
        await store.agents.changeAgent('teacher', (before) => ({ ...(before ?? bare), voice: undefined })),
      ).toEqual({ ...teacher, voice: undefined });
      expect(await store.agents.agent('teacher')).toEqual({ ...teacher, voice: undefined });
      await store.seen(DEVICE, 1);
      expect(await store.agents.agentOf(DEVICE.deviceId)).toBeUndefined();
      expect(await store.assignAgent(DEVICE.deviceId, 'bare')).toMatchObject({ agentId: 'bare' });
      expect(await store.agents.agentOf(DEVICE.deviceId)).toEqual(bare);
      expect(await store.assignAgent(DEVICE.deviceId, undefined)).toMatchObject({ agentId: undefined });
      expect(await store.assignAgent(DEVICE.deviceId, 'bare')).toMatchObject({ agentId: 'bare' });
      await expect(store.assignAgent(DEVICE.deviceId, 'nobody')).rejects.toMatchObject({
        code: 'store.failed',
        message: expect.stringContaining('nobody') as string,
      });
      await expect(store.assignAgent(mac(9), 'bare')).rejects.toMatchObject({ code: 'store.failed' });
      expect([await store.agents.removeAgent('bare'), await store.agents.removeAgent('bare')]).toEqual([true, false]);
      expect(await store.find(DEVICE.deviceId)).toMatchObject({ agentId: undefined });
    });

    it('keeps both of two simultaneous changes of an agent', async () => {
      const blank: Agent = {
        id: 'teacher',
        name: 'Teacher',
        prompt: undefined,
        voice: undefined,
        language: undefined,
        model: undefined,
      };
      const changes: readonly Partial<Agent>[] = [
        { prompt: 'You are patient.' },
        { voice: 'en-GB-SoniaNeural' },
        { language: 'en-GB' },
        { model: 'qwen' },
      ];
      await Promise.all(
        changes.map((change) => store.agents.changeAgent('teacher', (before) => ({ ...blank, ...before, ...change }))),
      );
      expect(await store.agents.agents()).toEqual([Object.assign({}, blank, ...changes)]);
    });

    it('keeps firmware releases and their outcomes', async () => {
      const { firmware } = store;
      await firmware.putRelease({ ...RELEASE, id: 'r2', createdMs: RELEASE.createdMs + 1 });
      await firmware.putRelease(RELEASE);
      expect(await firmware.releases()).toEqual([RELEASE, { ...RELEASE, id: 'r2', createdMs: RELEASE.createdMs + 1 }]);
      const halted: FirmwareRelease = {
        ...RELEASE,
        share: 1,
        deviceIds: [],
        force: false,
        state: 'halted',
        reason: '2 of 3 devices did not come back',
        chip: undefined,
        elfSha256: 'cd'.repeat(32),
      };
      await firmware.putRelease(halted);
      expect((await firmware.releases())[0]).toEqual(halted);
      const back = install(1, {
        offers: 2,
        downloads: 2,
        downloadedMs: 1_785_000_000_500,
        returnedMs: 1_785_000_000_900,
        fromVersion: undefined,
      });
      for (const one of [install(2), install(1), install(1, { releaseId: 'r2' }), back]) await firmware.putInstall(one);
      expect(await firmware.installs('r1')).toEqual([back, install(2)]);
      expect(await firmware.installsOf(mac(1))).toEqual([back, install(1, { releaseId: 'r2' })]);
      expect([await firmware.removeRelease('r1'), await firmware.removeRelease('r1')]).toEqual([true, false]);
      expect(await firmware.installs('r1')).toEqual([]);
      expect((await firmware.installsOf(mac(1))).map(({ releaseId }) => releaseId)).toEqual(['r2']);
    });

    it('keeps turns: newest first, by device, before a time; a turn that is written twice is kept once', async () => {
      for (const deviceId of [DEVICE.deviceId, mac(0), mac(1)]) await store.seen({ ...DEVICE, deviceId }, 1);
      const turns = [1, 2, 3, 4].map((n) => turn(n, { deviceId: mac(n % 2) }));
      await store.history.keepTurns(turns);
      await store.history.keepTurns([turn(4, { deviceId: mac(0), outcome: 'failed' }), turn(5)]);
      const ids = async (query: Parameters<Store['history']['recentTurns']>[0]): Promise<string[]> =>
        (await store.history.recentTurns(query)).map(({ id }) => id);
      expect(await ids({ limit: 10 })).toEqual(['t5', 't4', 't3', 't2', 't1']);
      expect(await ids({ limit: 2, deviceId: mac(1) })).toEqual(['t3', 't1']);
      expect(await ids({ limit: 2, beforeMs: 1_785_000_000_004 })).toEqual(['t3', 't2']);
      expect((await store.history.recentTurns({ limit: 2 }))[1]).toEqual(turns[3]);
      await store.history.keepTurns([]);
    });

    it('keeps no turn of an unknown device, which was forgotten meanwhile', async () => {
      for (const n of [1, 2]) await store.seen({ ...DEVICE, deviceId: mac(n) }, n);
      await Promise.all([
        store.forget(mac(1)),
        store.history.keepTurns([turn(1, { deviceId: mac(1) }), turn(2, { deviceId: mac(2) })]),
      ]);
      await store.history.keepTurns([turn(3, { deviceId: mac(1) })]);
      expect((await store.history.recentTurns({ limit: 10 })).map(({ id }) => id)).toEqual(['t2']);
      await store.seen({ ...DEVICE, deviceId: mac(1) }, 3);
      await store.history.keepTurns([turn(4, { deviceId: mac(1) })]);
      expect((await store.history.recentTurns({ limit: 10 })).map(({ id }) => id)).toEqual(['t4', 't2']);
    });

    it('sums up the talk of a device before a time', async () => {
      for (const n of [0, 1]) await store.seen({ ...DEVICE, deviceId: mac(n) }, n);
      await store.history.keepTurns(
        [1, 2, 3, 4, 5].map((n) => turn(n, { deviceId: mac(n % 2), underruns: n, underrunMs: n * 100 })),
      );
      const played = turn(4, { id: 'played', deviceId: mac(1), outcome: 'played', underruns: 9 });
      await store.history.keepTurns([played]);
      expect(await store.history.talkOf(mac(1), 1_785_000_000_005)).toEqual({
        turns: 2,
        underruns: 4,
        underrunMs: 400,
        last: turn(3, { deviceId: mac(1), underruns: 3, underrunMs: 300 }),
      });
      expect(await store.history.talkOf(mac(1), 1_785_000_000_001)).toBeUndefined();
      expect(await store.history.talkOf(mac(7), Number.MAX_SAFE_INTEGER)).toBeUndefined();
    });
  });
}
