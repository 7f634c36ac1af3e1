import type { Selectable } from 'kysely';
import type { Database, Tx } from './database.js';
import type {
  KnowledgeDocument,
  KnowledgePassage,
  KnowledgeStore,
  NewKnowledgeDocument,
  PassageVector,
} from './knowledge-port.js';
import { fromRow, toRow } from './row-mapping.js';
import type { StoreSchema } from './schema.js';

/** Number of passages written by one statement. The statement blocks the event loop for less than a millisecond. */
const PAGE = 50;

export class KyselyKnowledgeStore implements KnowledgeStore {
  constructor(private readonly database: Database) {}

  documents(): Promise<readonly KnowledgeDocument[]> {
    return this.database.read('read the list of documents', async (db) => {
      const rows = await db
        .selectFrom('knowledge_documents')
        .select(COLUMNS)
        .orderBy('created_ms', 'desc')
        .orderBy('id')
        .execute();
      return rows.map((row) => fromRow<KnowledgeDocument>(row, {}));
    });
  }

  keep({ passages, searchIndex, ...document }: NewKnowledgeDocument): Promise<void> {
    const rows = passages.map(({ place, text }, number) => ({ document_id: document.id, number, place, text }));
    return this.database.write('keep a document', async (tx) => {
      await removeAll(tx, document.id);
      for (let from = 0; from < rows.length; from += PAGE)
        await tx
          .insertInto('knowledge_passages')
          .values(rows.slice(from, from + PAGE))
          .execute();
      const { pages, ...fields } = document;
      await tx
        .insertInto('knowledge_documents')
        .values({ ...toRow(fields), pages: pages ?? null, passages: passages.length, search_index: searchIndex })
        .execute();
    });
  }

  searchIndexOf(id: string): Promise<string | undefined> {
    return this.database.read('read the index of a document', async (db) => {
      const row = await db
        .selectFrom('knowledge_documents')
        .select('search_index')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.search_index;
    });
  }

  passages(id: string, numbers: readonly number[]): Promise<readonly KnowledgePassage[]> {
    if (numbers.length === 0) return Promise.resolve([]);
    return this.database.read('read passages of a document', async (db) => {
      const rows = await db
        .selectFrom('knowledge_passages')
        .select(['number', 'place', 'text'])
        .where('document_id', '=', id)
        .where('number', 'in', numbers)
        .execute();
      return numbers.flatMap((wanted) =>
        rows.filter(({ number }) => number === wanted).map(({ place, text }) => ({ place, text })),
      );
    });
  }

  vectors(id: string, model: string, from: number, most: number): Promise<readonly PassageVector[]> {
    return this.database.read('read vectors of a document', (db) =>
      db
        .selectFrom('knowledge_vectors')
        .select(['number', 'vector'])
        .where('document_id', '=', id)
        .where('model', '=', model)
        .where('number', '>=', from)
        .orderBy('number')
        .limit(most)
        .execute(),
    );
  }

  keepVectors(
    { id, createdMs }: Pick<KnowledgeDocument, 'id' | 'createdMs'>,
    model: string,
    vectors: readonly PassageVector[],
  ): Promise<boolean> {
    return this.database.write('keep vectors of a document', async (tx) => {
      const document = await tx
        .selectFrom('knowledge_documents')
        .select('id')
        .where('id', '=', id)
        .where('created_ms', '=', createdMs)
        .executeTakeFirst();
      if (!document) return false;
      const numbers = vectors.map(({ number }) => number);
      await tx
        .deleteFrom('knowledge_vectors')
        .where('document_id', '=', id)
        .where((eb) => eb.or([eb('model', '!=', model), ...(numbers.length > 0 ? [eb('number', 'in', numbers)] : [])]))
        .execute();
      const rows = vectors.map(({ number, vector }) => ({ document_id: id, number, model, vector }));
      if (rows.length > 0) await tx.insertInto('knowledge_vectors').values(rows).execute();
      return true;
    });
  }

  remove(id: string): Promise<boolean> {
    return this.database.write('remove a document', (tx) => removeAll(tx, id));
  }
}

const COLUMNS = [
  'id',
  'collection',
  'title',
  'format',
  'bytes',
  'sha256',
  'pages',
  'passages',
  'characters',
  'created_ms',
] as const satisfies readonly (keyof Selectable<StoreSchema['knowledge_documents']>)[];

async function removeAll(tx: Tx, id: string): Promise<boolean> {
  await tx.deleteFrom('knowledge_passages').where('document_id', '=', id).execute();
  await tx.deleteFrom('knowledge_vectors').where('document_id', '=', id).execute();
  const { numDeletedRows } = await tx.deleteFrom('knowledge_documents').where('id', '=', id).executeTakeFirst();
  return Number(numDeletedRows) > 0;
}
