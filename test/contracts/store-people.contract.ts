import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/platform/store/index.js';
import { MAX_PEOPLE } from '../../src/platform/store/people-port.js';

export function storePeopleContract(name: string, open: () => Promise<Store>): void {
  describe(`people: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('are listed by name, renamed and removed', async () => {
      expect(await store.people.keep({ id: 'b', name: 'Zoe', createdMs: 1_700_000_000_000 })).toBe(true);
      expect(await store.people.keep({ id: 'a', name: '安娜', createdMs: 2 })).toBe(true);
      expect(await store.people.rename('b', 'Mia')).toBe(true);
      expect(await store.people.rename('c', 'Nobody')).toBe(false);
      expect(await store.people.people()).toEqual([
        { id: 'b', name: 'Mia', createdMs: 1_700_000_000_000 },
        { id: 'a', name: '安娜', createdMs: 2 },
      ]);
      expect(await store.people.remove('b')).toBe(true);
      expect(await store.people.remove('b')).toBe(false);
      expect(await store.people.people()).toMatchObject([{ id: 'a' }]);
    });

    it('are limited in number', async () => {
      for (let n = 0; n < MAX_PEOPLE; n++) await store.people.keep({ id: `p${n}`, name: 'x', createdMs: n });
      expect(await store.people.keep({ id: 'more', name: 'x', createdMs: 0 })).toBe(false);
      expect(await store.people.people()).toHaveLength(MAX_PEOPLE);
    });

    it('have voiceprints, which can be replaced and permanently removed', async () => {
      const { voiceprints } = store;
      expect(await voiceprints.keep({ id: 'b', model: 'm', vector: 'AAAAAA==' })).toBe(true);
      expect(await voiceprints.keep({ id: 'a', model: 'm', vector: 'AACAPw==' })).toBe(true);
      expect(await voiceprints.keep({ id: 'a', model: 'n', vector: 'AACAvw==' })).toBe(true);
      expect(await voiceprints.voiceprints(['a', 'c'])).toEqual([{ id: 'a', model: 'n', vector: 'AACAvw==' }]);
      expect(await voiceprints.voiceprints([])).toEqual([]);
      expect(await voiceprints.keep({ id: 'x:a', model: 'm', vector: 'AAAAAA==' })).toBe(true);
      expect([await voiceprints.count(''), await voiceprints.count('x:')]).toEqual([3, 1]);
      expect(await voiceprints.remove('a')).toBe(true);
      expect(await voiceprints.remove('a')).toBe(false);
      expect(await voiceprints.voiceprints(['a', 'b'])).toMatchObject([{ id: 'b' }]);
    });
  });
}
