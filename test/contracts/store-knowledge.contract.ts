import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgePassage, NewKnowledgeDocument, Store } from '../../src/platform/store/index.js';

const document = (id: string, fields: Partial<NewKnowledgeDocument> = {}): NewKnowledgeDocument => ({
  id,
  collection: 'general',
  title: `说明书 ${id}`,
  format: 'pdf',
  bytes: 5_000_000_000,
  sha256: id.repeat(32),
  pages: 3,
  characters: 12,
  createdMs: Number(id.slice(1)),
  searchIndex: `index of ${id}`,
  passages: [passage(0), passage(1)],
  ...fields,
});
const passage = (n: number): KnowledgePassage => ({ place: `p. ${n}`, text: `第 ${n} 段 "quoted"\nline` });

export function storeKnowledgeContract(name: string, open: () => Promise<Store>): void {
  describe(`documents: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('are listed newest first, without their texts', async () => {
      await store.knowledge.keep(document('d1', { pages: undefined }));
      await store.knowledge.keep(document('d2'));
      const listed = (id: string, pages: number | undefined): unknown => {
        const { passages, searchIndex: _, ...rest } = document(id);
        return { ...rest, pages, passages: passages.length };
      };
      expect(await store.knowledge.documents()).toEqual([listed('d2', 3), listed('d1', undefined)]);
    });

    it('have passages by number, even hundreds of them', async () => {
      const passages = Array.from({ length: 333 }, (_, n) => passage(n));
      await store.knowledge.keep(document('d1', { passages }));
      await store.knowledge.keep(document('d2'));
      expect(await store.knowledge.passages('d1', [332, 7, 999, 0])).toEqual([passage(332), passage(7), passage(0)]);
      expect(await store.knowledge.passages('d1', [])).toEqual([]);
      expect(await store.knowledge.passages('d3', [0])).toEqual([]);
      expect(await store.knowledge.searchIndexOf('d1')).toBe('index of d1');
      expect(await store.knowledge.searchIndexOf('d3')).toBeUndefined();
    });

    it('are replaced by a document with the same id, which keeps nothing of the first', async () => {
      await store.knowledge.keep(document('d1'));
      await store.knowledge.keep(document('d1', { title: 'new', passages: [passage(9)] }));
      expect(await store.knowledge.documents()).toMatchObject([{ id: 'd1', title: 'new', passages: 1 }]);
      expect(await store.knowledge.passages('d1', [0, 1])).toEqual([passage(9)]);
    });

    it('keep the vectors of one model, and none of a document that was replaced meanwhile', async () => {
      const { knowledge } = store;
      await knowledge.keep(document('d1'));
      const of = { id: 'd1', createdMs: 1 };
      const vectors = [0, 1].map((number) => ({ number, vector: `AA${number}=` }));
      expect(await knowledge.keepVectors(of, 'm', vectors)).toBe(true);
      expect(await knowledge.keepVectors(of, 'm', [{ number: 1, vector: 'BBB=' }])).toBe(true);
      expect(await knowledge.vectors('d1', 'm', 0, 9)).toEqual([vectors[0], { number: 1, vector: 'BBB=' }]);
      expect(await knowledge.vectors('d1', 'm', 1, 9)).toHaveLength(1);
      expect(await knowledge.vectors('d1', 'm', 0, 1)).toEqual([vectors[0]]);
      expect(await knowledge.vectors('d1', 'n', 0, 9)).toEqual([]);
      expect(await knowledge.keepVectors(of, 'n', [{ number: 1, vector: 'CCC=' }])).toBe(true);
      expect(await knowledge.vectors('d1', 'm', 0, 9)).toEqual([]);
      expect(await knowledge.vectors('d1', 'n', 0, 9)).toHaveLength(1);
      await knowledge.keep(document('d1', { createdMs: 5 }));
      expect(await knowledge.vectors('d1', 'n', 0, 9)).toEqual([]);
      expect(await knowledge.keepVectors(of, 'n', vectors)).toBe(false);
      expect(await knowledge.keepVectors({ id: 'd2', createdMs: 2 }, 'n', vectors)).toBe(false);
      expect(await knowledge.vectors('d1', 'n', 0, 9)).toEqual([]);
      expect(await knowledge.keepVectors({ id: 'd1', createdMs: 5 }, 'n', vectors)).toBe(true);
      await knowledge.remove('d1');
      expect(await knowledge.vectors('d1', 'n', 0, 9)).toEqual([]);
    });

    it('are removed with passages and index', async () => {
      await store.knowledge.keep(document('d1'));
      await store.knowledge.keep(document('d2'));
      expect(await store.knowledge.remove('d1')).toBe(true);
      expect(await store.knowledge.remove('d1')).toBe(false);
      expect(await store.knowledge.passages('d1', [0, 1])).toEqual([]);
      expect(await store.knowledge.searchIndexOf('d1')).toBeUndefined();
      expect(await store.knowledge.passages('d2', [0])).toEqual([passage(0)]);
    });
  });
}
