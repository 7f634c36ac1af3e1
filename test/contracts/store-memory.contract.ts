import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_MEMORIES, MAX_ROLES, type NewMemory, type Store } from '../../src/platform/store/index.js';
import { turnOf } from '../fakes/filled-store.js';

const DEVICE = 'a0:85:e3:f4:49:34';
const OTHER = '02:00:00:00:00:01';
const memory = (id: string, fields: Partial<NewMemory> = {}): NewMemory => ({
  id,
  deviceId: DEVICE,
  agentId: 'teacher',
  kind: 'fact',
  subject: 'person',
  name: 'Mia',
  text: `fact ${id}`,
  keywords: ['age'],
  sourceTurn: 't1',
  createdMs: Number(id.slice(1)),
  replaces: [],
  ...fields,
});

/** The contract of every store for agents, memories and talk statistics. It adds to {@link storeContract}. */
export function storeMemoryContract(name: string, open: () => Promise<Store>): void {
  describe(`memories, roles and daily talk: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      for (const deviceId of [DEVICE, OTHER])
        await store.seen(
          { deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en-US' },
          1,
        );
      for (const id of ['teacher', 'pirate']) await store.agents.changeAgent(id, () => ({ name: id }));
    });
    afterEach(() => store.close());

    const ids = async (query: Parameters<Store['memories']['memories']>[0]): Promise<string[]> =>
      (await store.memories.memories(query)).map(({ id }) => id);

    it('keeps replaced memories, and their replacements', async () => {
      await store.memories.keep([memory('m1')]);
      await store.memories.keep([memory('m2', { replaces: ['m1', 'unknown'] })]);
      // A caller that did not get the answer repeats the write.
      await store.memories.keep([memory('m2', { replaces: ['m1'], text: 'again' })]);
      const { replaces: _, ...second } = memory('m2');
      const { replaces: __, ...first } = memory('m1');
      expect(await store.memories.memories({ deviceId: DEVICE })).toEqual([
        { ...second, replacedBy: undefined, replacedMs: undefined },
        { ...first, replacedBy: 'm2', replacedMs: 2 },
      ]);
    });

    it('replaces no memory of another device or agent, and keeps none of an unknown device', async () => {
      await store.memories.keep([memory('m1', { deviceId: OTHER }), memory('m2', { agentId: '' })]);
      await store.memories.keep([
        memory('m3', { replaces: ['m1', 'm2'] }),
        memory('m4', { deviceId: '02:00:00:00:00:99' }),
      ]);
      expect(await ids({})).toEqual(['m3', 'm2', 'm1']);
      expect((await store.memories.memories({})).every(({ replacedBy }) => replacedBy === undefined)).toBe(true);
    });

    it('finds, edits and forgets by device, agent, person and id, including replaced memories', async () => {
      await store.memories.keep([
        memory('m1'),
        memory('m2', { replaces: ['m1'] }),
        memory('m3', { name: 'Tom' }),
        memory('m4', { agentId: '' }),
        memory('m5', { deviceId: OTHER, name: undefined }),
      ]);
      expect(await ids({ person: ' MIA ' })).toEqual(['m4', 'm2', 'm1']);
      expect(await ids({ agentId: '' })).toEqual(['m4']);
      expect(await ids({ deviceId: DEVICE, agentId: 'teacher', person: 'tom' })).toEqual(['m3']);
      expect(await store.memories.edit('m3', 'Tom is nine.')).toMatchObject({ id: 'm3', text: 'Tom is nine.' });
      expect(await store.memories.edit('nobody', 'x')).toBeUndefined();
      expect(await store.memories.forget({ id: 'm2' })).toBe(2);
      expect(await ids({})).toEqual(['m5', 'm4', 'm3']);
      expect(await store.memories.forget({ person: 'Mia' })).toBe(1);
      expect(await store.memories.forget({ deviceId: OTHER })).toBe(1);
      expect(await store.memories.forget({})).toBe(1);
      expect(await ids({})).toEqual([]);
    });

    it('records the turn of each memory', async () => {
      await store.memories.keep([memory('m1', { sourceTurn: undefined }), memory('m2')]);
      await store.memories.setSource(['m1', 'gone'], 't7');
      await store.memories.setSource([], 't8');
      const turns = (await store.memories.memories({})).map(({ id, sourceTurn }) => [id, sourceTurn]);
      expect(turns).toEqual([
        ['m2', 't1'],
        ['m1', 't7'],
      ]);
    });

    it('finds a person in any case of letters, in every alphabet, but not by a part of the name', async () => {
      await store.memories.keep([
        memory('m1', { name: 'Émile' }),
        memory('m2', { name: 'ÉMILE' }),
        memory('m3', { name: 'Emil' }),
        memory('m4', { name: '%' }),
        memory('m5', { name: '小美' }),
      ]);
      expect(await ids({ person: 'émile' })).toEqual(['m2', 'm1']);
      expect(await ids({ person: '小美' })).toEqual(['m5']);
      expect(await ids({ person: 'nobody' })).toEqual([]);
      expect(await store.memories.forget({ person: 'nobody' })).toBe(0);
      expect(await store.memories.forget({ person: '%' })).toBe(1);
      expect(await store.memories.forget({ person: 'Émile' })).toBe(2);
      expect(await ids({})).toEqual(['m5', 'm3']);
    });

    it('drops the oldest above a limit, replaced ones first', async () => {
      await store.memories.keep([memory('m1'), memory('m2'), memory('m3', { replaces: ['m2'] })]);
      await store.memories.keep(Array.from({ length: MAX_MEMORIES - 2 }, (_, n) => memory(`m${n + 10}`)));
      const kept = await ids({});
      expect(kept).toHaveLength(MAX_MEMORIES);
      expect(kept.slice(-2)).toEqual(['m3', 'm1']);
      await store.memories.keep([memory('m5000')]);
      expect((await ids({})).slice(-1)).toEqual(['m3']);
    });

    it('deletes memories with their device or agent', async () => {
      await store.memories.keep([memory('m1'), memory('m2', { agentId: 'pirate' }), memory('m3', { deviceId: OTHER })]);
      await store.talkDays.addTalk([{ deviceId: OTHER, day: '2026-11-28', talkMs: 1, characters: 1 }], '2026-11-01');
      await store.agents.removeAgent('pirate');
      expect(await ids({})).toEqual(['m3', 'm1']);
      await store.forget(OTHER);
      expect(await ids({})).toEqual(['m1']);
      expect(await store.talkDays.talkDay(OTHER, '2026-11-28')).toBeUndefined();
    });

    it('adds up the talk of a day, and drops old days', async () => {
      const day = { deviceId: DEVICE, day: '2026-11-28', talkMs: 1000.4, characters: 10 };
      expect(await store.talkDays.talkDay(DEVICE, day.day)).toBeUndefined();
      await store.talkDays.addTalk([day, { ...day, day: '2026-11-20' }], '2026-11-01');
      await store.talkDays.addTalk([day, { ...day, deviceId: '02:00:00:00:00:99' }], '2026-11-21');
      expect(await store.talkDays.talkDay(DEVICE, day.day)).toEqual({ ...day, talkMs: 2000, characters: 20 });
      expect(await store.talkDays.talkDay(DEVICE, '2026-11-20')).toBeUndefined();
      await store.talkDays.addTalk([], '2027-01-01');
      expect(await store.talkDays.talkDay(DEVICE, day.day)).toBeDefined();
    });

    it('adds up what was spent, drops old days, and forgets a device', async () => {
      const one = { day: '2026-11-28', deviceId: DEVICE, agentId: '', provider: 'acme', unit: 'characters' } as const;
      await store.spending.add(
        [
          { ...one, amount: 5 },
          { ...one, day: '2026-11-20', amount: 1 },
        ],
        '2026-11-01',
      );
      await store.spending.add(
        [
          { ...one, amount: 6.4 },
          { ...one, deviceId: '', amount: 2 },
        ],
        '2026-11-21',
      );
      expect(await store.spending.since('2026-11-01')).toEqual(
        expect.arrayContaining([
          { ...one, amount: 11 },
          { ...one, deviceId: '', amount: 2 },
        ]),
      );
      expect(await store.spending.since('2026-11-29')).toEqual([]);
      await store.forget(DEVICE);
      expect(await store.spending.since('2026-11-01')).toEqual([{ ...one, deviceId: '', amount: 2 }]);
    });

    it('changes the agent of a device, and back', async () => {
      const roles = async (): Promise<unknown> =>
        (await store.agents.rolesOf(DEVICE)).map((agent) => agent?.id ?? 'configured');
      expect(await roles()).toEqual([]);
      expect(await store.allowRoles(DEVICE, ['teacher', 'pirate', 'gone', 'teacher'])).toMatchObject({
        roles: ['teacher', 'pirate', 'gone'],
      });
      expect(await roles()).toEqual(['teacher', 'pirate']);
      await store.agents.changeRole(DEVICE, 'teacher');
      expect(await store.agents.agentOf(DEVICE)).toMatchObject({ id: 'teacher' });
      expect(await roles()).toEqual(['pirate', 'configured']);
      await store.agents.changeRole(DEVICE, undefined);
      expect(await store.find(DEVICE)).toMatchObject({ agentId: undefined, roles: ['pirate', 'gone', 'teacher'] });
      await store.agents.removeAgent('pirate');
      expect(await roles()).toEqual(['teacher']);
      expect(await store.allowRoles(DEVICE, [])).toMatchObject({ roles: undefined });
      expect(
        await store.allowRoles(
          DEVICE,
          Array.from({ length: 20 }, (_, n) => `a${n}`),
        ),
      ).toMatchObject({
        roles: expect.objectContaining({ length: MAX_ROLES }) as unknown,
      });
      await expect(store.agents.changeRole('02:00:00:00:00:99', 'teacher')).rejects.toMatchObject({
        code: 'store.failed',
      });
    });

    it('forgets turns by device and agent', async () => {
      await store.history.keepTurns([
        turnOf(0, { deviceId: DEVICE, agentId: 'teacher', answerText: 'Hello.', toolsUsed: ['get_time'] }),
        turnOf(1, { deviceId: DEVICE }),
        turnOf(2, { deviceId: OTHER, agentId: 'teacher' }),
      ]);
      const left = async (): Promise<unknown> => (await store.history.recentTurns({ limit: 9 })).map(({ id }) => id);
      expect(
        (await store.history.recentTurns({ limit: 9, agentId: 'teacher' })).map(({ answerText }) => answerText),
      ).toEqual([undefined, 'Hello.']);
      expect(await store.history.forgetTurns({ deviceId: DEVICE, agentId: '' })).toBe(1);
      expect(await left()).toEqual(['5e7c-2', '5e7c-0']);
      expect(await store.history.forgetTurns({ agentId: 'teacher' })).toBe(2);
      expect(await store.history.forgetTurns({})).toBe(0);
    });

    it('forgets more turns than fit in a page, and no others', async () => {
      const many = Array.from({ length: 620 }, (_, n) =>
        turnOf(n, n < 20 ? { deviceId: OTHER, agentId: 'pirate' } : { deviceId: DEVICE, agentId: 'teacher' }),
      );
      await store.history.keepTurns(many);
      const left = async (): Promise<number> => (await store.history.recentTurns({ limit: 999 })).length;
      expect(await store.history.forgetTurns({ agentId: 'teacher' })).toBe(600);
      expect(await left()).toBe(20);
      await store.history.keepTurns(many);
      expect(await store.forget(DEVICE)).toBe(true);
      expect(await left()).toBe(20);
      expect(await store.forget(DEVICE)).toBe(false);
    });

    it('finds and forgets turns by the person who spoke', async () => {
      await store.history.keepTurns([
        turnOf(0, { deviceId: DEVICE, person: 'Anna' }),
        turnOf(1, { deviceId: OTHER, person: 'ANNA' }),
        turnOf(2, { deviceId: DEVICE, person: 'Жанна' }),
        turnOf(3, { deviceId: DEVICE }),
      ]);
      const of = async (person: string, more = {}): Promise<unknown> =>
        (await store.history.recentTurns({ limit: 9, person, ...more })).map(({ id }) => id);
      expect(await of('anna')).toEqual(['5e7c-1', '5e7c-0']);
      expect(await of('anna', { deviceId: DEVICE })).toEqual(['5e7c-0']);
      expect(await of('жанна')).toEqual(['5e7c-2']);
      expect(await of('nobody')).toEqual([]);
      expect(await store.history.forgetTurns({ person: 'nobody' })).toBe(0);
      expect(await store.history.forgetTurns({ person: 'anna', deviceId: OTHER })).toBe(1);
      expect(await store.history.forgetTurns({ person: 'Anna' })).toBe(1);
      expect((await store.history.recentTurns({ limit: 9 })).map(({ id }) => id)).toEqual(['5e7c-3', '5e7c-2']);
    });
  });
}
