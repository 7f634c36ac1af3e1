import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryTurn, Store } from '../../src/platform/store/index.js';
import { turnOf } from '../fakes/filled-store.js';

const DEVICE = '02:00:00:00:00:01';
const OTHER = '02:00:00:00:00:02';
const HOUR_MS = 3_600_000;
const AT = Date.UTC(2026, 10, 25, 22);

/** A turn. Consecutive turns are three hours apart, so that there are more than two days of them. */
const turn = (n: number, fields: Partial<HistoryTurn> = {}): HistoryTurn => ({
  ...turnOf(n),
  deviceId: DEVICE,
  atWallMs: AT + n * 3 * HOUR_MS,
  ...fields,
});
const sound = (n: number, bytes = 100): Uint8Array => Buffer.alloc(bytes, n);
const ALL = { beforeMs: 0, maxBytes: Number.MAX_SAFE_INTEGER };

export function storeAudioContract(name: string, open: () => Promise<Store>): void {
  describe(`audio: ${name}`, () => {
    let store: Store;
    let turns: HistoryTurn[];
    beforeEach(async () => {
      store = await open();
      turns = [];
      for (const deviceId of [DEVICE, OTHER])
        await store.seen(
          { deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en-US' },
          AT,
        );
    });
    afterEach(() => store.close());

    const kept = async (n: number, fields?: Partial<HistoryTurn>): Promise<HistoryTurn> => {
      await store.history.keepTurns([turn(n, fields)]);
      for (const side of ['heard', 'said'] as const)
        expect(await store.audio.keep(turn(n, fields), side, sound(n))).toBe(true);
      turns.push(turn(n, fields));
      return turn(n, fields);
    };
    const left = async (): Promise<readonly string[]> => [...(await store.audio.sidesOf(turns)).keys()].toSorted();

    it('keeps both sides of a turn, byte for byte', async () => {
      await store.history.keepTurns([turn(1), turn(2)]);
      const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256);
      expect(await store.audio.keep(turn(1), 'heard', bytes)).toBe(true);
      expect(Buffer.compare((await store.audio.read(turn(1), 'heard')) ?? new Uint8Array(), bytes)).toBe(0);
      expect(await store.audio.read(turn(1), 'said')).toBeUndefined();
      expect(await store.audio.read(turn(2), 'heard')).toBeUndefined();
      expect(await store.audio.keep(turn(1), 'said', sound(3))).toBe(true);
      expect([...(await store.audio.sidesOf([turn(1), turn(2), turn(3)]))]).toEqual([[turn(1).id, ['heard', 'said']]]);
      expect([...(await store.audio.sidesOf([]))]).toEqual([]);
    });

    it('keeps no audio of a turn that is not in the history', async () => {
      expect(await store.audio.keep(turn(1), 'heard', sound(1))).toBe(false);
      expect([...(await store.audio.sidesOf([turn(1)]))]).toEqual([]);
    });

    it('removes by age, to the millisecond', async () => {
      for (const n of [0, 1, 2, 3, 4]) await kept(n);
      expect(await store.audio.prune({ ...ALL, beforeMs: turn(2).atWallMs + 1 })).toBe(6);
      expect(await left()).toEqual([turn(3).id, turn(4).id].toSorted());
      expect(await store.audio.prune({ ...ALL, beforeMs: turn(3).atWallMs })).toBe(0);
    });

    it('removes the oldest audio above the size limit, and none below it', async () => {
      for (const n of [5, 1, 3, 2, 4]) await kept(n);
      expect(await store.audio.prune({ ...ALL, maxBytes: 1000 })).toBe(0);
      await store.audio.prune({ ...ALL, maxBytes: 650 });
      expect(await left()).toEqual([turn(3).id, turn(4).id, turn(5).id].toSorted());
      await kept(6);
      await store.audio.prune({ ...ALL, maxBytes: 650 });
      expect(await left()).toEqual([turn(4).id, turn(5).id, turn(6).id].toSorted());
      await store.audio.prune({ ...ALL, maxBytes: 0 });
      expect(await left()).toEqual([]);
    });

    it('is deleted with its turn: by one turn, agent, device, age of the history, or all', async () => {
      for (const n of [1, 2, 3, 4]) await kept(n);
      await kept(5, { agentId: 'pirate' });
      await kept(6, { deviceId: OTHER });
      const after = async (...ns: readonly number[]): Promise<void> => {
        await store.audio.sweep();
        expect(await left()).toEqual(ns.map((n) => turn(n).id).toSorted());
      };
      expect(await store.history.forgetTurns({ turnId: turn(3).id })).toBe(1);
      await after(1, 2, 4, 5, 6);
      await store.history.forgetTurns({ agentId: 'pirate' });
      await after(1, 2, 4, 6);
      await store.forget(OTHER);
      await after(1, 2, 4);
      await store.upkeep.pruneHistory(turn(2).atWallMs);
      await after(2, 4);
      await store.history.forgetTurns({});
      await after();
      expect(await store.audio.read(turn(2), 'heard')).toBeUndefined();
    });

    it('finds a turn by its id', async () => {
      await kept(1);
      expect(await store.history.find(turn(1).id)).toMatchObject({ id: turn(1).id, deviceId: DEVICE });
      expect(await store.history.find('other')).toBeUndefined();
      expect([...(await store.history.known(['other', turn(1).id]))]).toEqual([turn(1).id]);
    });
  });
}
