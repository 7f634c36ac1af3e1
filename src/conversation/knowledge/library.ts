import { randomUUID } from 'node:crypto';
import { sleep, type Clock, type Logger } from '../../core/index.js';
import type { KnowledgeDocument, KnowledgeStore } from '../../platform/store/index.js';
import { MAX_DOCUMENTS, MAX_PASSAGES } from './limits.js';
import type { EmbeddingStatus, Meanings } from './meanings.js';
import { readIndex, type PassageIndex } from './passage-index.js';
import { tooLarge } from './reading/document-text.js';
import { fuseRanks } from './rank-fusion.js';
import type { ReadCall, ReadDocument } from './reading/read-in-child.js';
import { searchPassages, type PassageHit } from './search.js';
import { Uploads } from './upload.js';
import { knowledgeWords } from './words.js';

export interface KnowledgeLibraryOptions {
  readonly store: KnowledgeStore;
  /** True if other servers may change the documents. */
  readonly shared: boolean;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads one document in another process. Rejects with `knowledge.*` or the signal's reason. */
  readonly read: (call: ReadCall, signal: AbortSignal) => Promise<ReadDocument>;
  /** The search by meaning. Undefined if passages are found by words only. */
  readonly meanings?: Meanings;
  readonly signal: AbortSignal;
}

export interface AddDocument {
  readonly fileName: string;
  readonly collection: string;
  /** If undefined, the document's own title is used, or else the name of its file. */
  readonly title: string | undefined;
}

export interface FoundPassage {
  readonly documentId: string;
  readonly title: string;
  readonly place: string;
  readonly text: string;
  readonly score: number;
}

/** The collections that an agent may search. Undefined means all. */
export type Collections = readonly string[] | undefined;

const REFRESH_MS = 15_000;
const MAX_WAITING = 8;
const MAX_TITLE_CHARS = 120;

/** The search by words and the search by meaning each find at most this many passages. */
const MAX_JOINED = 20;

const MAX_RECALLED = 3;
const MAX_RECALLED_CHARS = 1500;
/** Smallest share of the question's terms that a passage must contain, 0 to 1. Rare terms weigh more. */
const LEAST_COVERAGE = 0.35;

interface Loaded {
  readonly document: KnowledgeDocument;
  readonly index: PassageIndex;
}

/**
 * A separate process reads the documents, and the database keeps their texts. The full-text indexes are in memory, so
 * that a search takes about a millisecond.
 */
export class KnowledgeLibrary {
  readonly #uploads: Uploads;
  #loaded: ReadonlyMap<string, Loaded> = new Map();
  #changing: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(private readonly options: KnowledgeLibraryOptions) {
    this.#uploads = new Uploads(options.dataDir);
  }

  /** Loads the indexes. If other servers may change the documents, looks for changes every {@link REFRESH_MS}. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, shared } = this.options;
    await this.#uploads.clear();
    for (;;) {
      try {
        await this.#inTurn(() => this.#refresh());
      } catch (error) {
        signal.throwIfAborted();
        log.warn('the documents of the knowledge store cannot be read', {
          problem: 'knowledge.unreadable_documents',
          error,
        });
      }
      if (!shared) return;
      await sleep(clock, REFRESH_MS, signal);
    }
  }

  has(collections: Collections): boolean {
    return this.#of(collections).length > 0;
  }

  list(): Promise<readonly KnowledgeDocument[]> {
    return this.options.store.documents();
  }

  /**
   * A document of the same collection with the same content or title is replaced. Rejects with `knowledge.*`, `data.*`
   * or `store.*`.
   */
  async add(
    source: AsyncIterable<Uint8Array>,
    { fileName, collection, title }: AddDocument,
  ): Promise<KnowledgeDocument> {
    if (this.#waiting >= MAX_WAITING) throw tooLarge(knowledgeWords.readingTooMany);
    this.#waiting += 1;
    try {
      const upload = await this.#uploads.receive(source);
      try {
        return await this.#inTurn(async () => {
          const call = { file: upload.file, fileName, title };
          return this.#keep(await this.options.read(call, this.options.signal), upload.bytes, collection);
        });
      } finally {
        await upload.remove();
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  /** False if there is no such document. Rejects with `store.*`. */
  remove(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const removed = await this.options.store.remove(id);
      this.#loaded = new Map([...this.#loaded].filter(([other]) => other !== id));
      return removed;
    });
  }

  /** State of the documents' vectors. Undefined if the search by meaning is switched off. */
  get embedding(): EmbeddingStatus | undefined {
    return this.options.meanings?.status;
  }

  /** Makes vectors of the documents, if an embedding service is configured. */
  async embed(signal: AbortSignal): Promise<void> {
    await this.options.meanings?.run(() => [...this.#loaded.values()].map(({ document }) => document), signal);
  }

  /** Best match first. */
  search(question: string, collections: Collections, most: number): Promise<readonly FoundPassage[]> {
    return this.#find(question, collections, most, () => true);
  }

  /**
   * Passages for the prompt of a turn, which clearly match the user's words or meaning. Never rejects, because a turn
   * works without passages.
   */
  async recall(said: string, collections: Collections): Promise<readonly FoundPassage[]> {
    const found = await this.#find(
      said,
      collections,
      MAX_RECALLED,
      ({ coverage, matched, asked }) => coverage >= LEAST_COVERAGE && matched >= Math.min(2, asked),
    ).catch((error: unknown) => {
      this.options.log.warn('passages of documents cannot be read', {
        problem: 'knowledge.unreadable_passages',
        error,
      });
      return [];
    });
    let chars = 0;
    return found.filter(({ text }) => (chars += text.length) <= MAX_RECALLED_CHARS);
  }

  async #find(
    question: string,
    collections: Collections,
    most: number,
    counts: (hit: PassageHit) => boolean,
  ): Promise<readonly FoundPassage[]> {
    const documents = this.#of(collections);
    const { meanings, signal } = this.options;
    const meant = meanings?.similar(documents, question, MAX_JOINED, signal) ?? [];
    const worded = searchPassages(documents, question, MAX_JOINED).filter(counts);
    const similar = await meant;
    return this.#textsOf(similar.length === 0 ? worded.slice(0, most) : fuseRanks([worded, similar], most));
  }

  async #textsOf(
    hits: readonly Pick<PassageHit, 'documentId' | 'number' | 'score'>[],
  ): Promise<readonly FoundPassage[]> {
    const found = await Promise.all(
      hits.map(async ({ documentId, number, score }) => {
        const [passage] = await this.options.store.passages(documentId, [number]);
        const title = this.#loaded.get(documentId)?.document.title;
        // The document may have been removed meanwhile, for example by another server.
        return passage && title !== undefined && { documentId, title, ...passage, score };
      }),
    );
    return found.filter((one): one is FoundPassage => typeof one === 'object');
  }

  #of(collections: Collections): readonly { readonly id: string; readonly index: PassageIndex }[] {
    return [...this.#loaded.values()]
      .filter(({ document }) => collections === undefined || collections.includes(document.collection))
      .map(({ document: { id }, index }) => ({ id, index }));
  }

  async #keep(read: ReadDocument, bytes: number, collection: string): Promise<KnowledgeDocument> {
    const { store, clock, log } = this.options;
    const title = read.title.replace(/\s+/g, ' ').trim().slice(0, MAX_TITLE_CHARS);
    const before = await store.documents();
    const same = before.filter(
      (other) => other.collection === collection && (other.sha256 === read.sha256 || other.title === title),
    );
    const others = before.filter((other) => !same.includes(other));
    if (others.length >= MAX_DOCUMENTS) throw tooLarge(knowledgeWords.tooManyDocuments(MAX_DOCUMENTS));
    const total = others.reduce((sum, { passages }) => sum + passages, read.passages.length);
    if (total > MAX_PASSAGES) throw tooLarge(knowledgeWords.tooLongTogether);
    const { format, pages, sha256, characters, searchIndex, passages } = read;
    const fields = { id: same[0]?.id ?? randomUUID(), collection, title, format, bytes, sha256, pages, characters };
    const document = { ...fields, createdMs: clock.wallMs() };
    await store.keep({ ...document, passages, searchIndex });
    for (const { id } of same.slice(1)) await store.remove(id);
    await this.#refresh(document.id);
    log.info('a document was added to the knowledge store', { id: document.id, passages: passages.length });
    return { ...document, passages: passages.length };
  }

  /** `changed` is the id of a document whose loaded index is out of date. */
  async #refresh(changed?: string): Promise<void> {
    const { store, log } = this.options;
    const next = new Map<string, Loaded>();
    for (const document of await store.documents()) {
      const known = this.#loaded.get(document.id);
      if (known && document.id !== changed && known.document.createdMs === document.createdMs) {
        next.set(document.id, known);
        continue;
      }
      const index = readIndex((await store.searchIndexOf(document.id)) ?? '');
      if (index) next.set(document.id, { document, index });
      else
        log.warn('a document has an index of another version; add it again', {
          problem: 'knowledge.old_index',
          id: document.id,
        });
    }
    this.#loaded = next;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changing.then(work);
    this.#changing = result.catch(() => undefined);
    return result;
  }
}

/** The source of a passage, as people, the history and the model see it. */
export function sourceOf({ title, place }: Pick<FoundPassage, 'title' | 'place'>): string {
  return place === '' ? title : `${title}, ${place}`;
}
