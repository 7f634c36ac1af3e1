import {
  backoffMs,
  ChorusError,
  inBothLanguages,
  sleep,
  type Backoff,
  type Bilingual,
  type Clock,
  type Logger,
} from '../../core/index.js';
import type { KnowledgeDocument, KnowledgeStore } from '../../platform/store/index.js';
import { Circuit, SERVICE_CIRCUIT } from '../../providers/index.js';
import { EmbeddingService } from './embedding-service.js';
import { packVector, PassageVectors, similarPassages, vectorText, type SimilarPassage } from './passage-vectors.js';
import { knowledgeWords } from './words.js';

export interface EmbeddingSettings {
  /** If undefined, no vectors are made. */
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  readonly model: string;
  /** Longest time that a question waits for its vector. */
  readonly queryMs: number;
  readonly batch: number;
  /** Lowest similarity at which a passage matches a question. The highest possible similarity is 1. */
  readonly similarity: number;
}

export interface MeaningsOptions {
  readonly store: Pick<KnowledgeStore, 'passages' | 'vectors' | 'keepVectors'>;
  /** Read at each use. Undefined if the search by meaning is switched off. */
  readonly settings: () => EmbeddingSettings | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof fetch;
}

const MAX_BYTES = 64 * 2 ** 20;
const LOOK_EVERY_MS = 5000;
/** Pause after each batch. Indexing then uses only a small part of the service's rate limit. */
const PAUSE_MS = 200;
const RETRY: Backoff = { firstMs: 30_000, mostMs: 600_000 };
const BATCH_TIMEOUT_MS = 60_000;
/** Number of vectors that are read from the database at a time. */
const PAGE = 200;
const MAX_QUESTION_CHARS = 1000;

export interface EmbeddingFailure {
  /** Wall-clock time of the first failure, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly reason: Bilingual;
}

export interface EmbeddingStatus {
  readonly model: string;
  /** Number of passages that have a vector, by document. */
  readonly embedded: ReadonlyMap<string, number>;
  /** Set after a failure, until the same work (vectors of passages, or of a question) succeeds again. */
  readonly failing: EmbeddingFailure | undefined;
}

interface Embedded {
  readonly createdMs: number;
  readonly vectors: PassageVectors;
  complete: boolean;
}

/**
 * An embedding service makes a vector of each passage and each question. If the service fails, the search by words
 * still works.
 */
export class Meanings {
  readonly #circuit: Circuit;
  #model: string | undefined;
  #embedded = new Map<string, Embedded>();
  /** Documents whose last attempt failed. Others go first, so that one document cannot hold up all. */
  readonly #failed = new Set<string>();
  /** Number of dimensions in the service's last answer. If the number changes, another model uses the same name. */
  #dimensions: number | undefined;
  #service: { readonly key: string; readonly service: EmbeddingService } | undefined;
  #indexing: EmbeddingFailure | undefined;
  #asking: EmbeddingFailure | undefined;

  constructor(private readonly options: MeaningsOptions) {
    this.#circuit = new Circuit({ ...SERVICE_CIRCUIT, clock: options.clock });
  }

  /** Undefined if the search by meaning is switched off. */
  get status(): EmbeddingStatus | undefined {
    const model = this.options.settings()?.model;
    if (model === undefined) return undefined;
    const current = model === this.#model ? [...this.#embedded] : [];
    const embedded = new Map(current.map(([id, { vectors }]) => [id, vectors.size]));
    return { model, embedded, failing: this.#indexing ?? this.#asking };
  }

  /** Makes vectors of the passages that have none. Starts again after each change of the documents or the model. */
  async run(documents: () => readonly KnowledgeDocument[], signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    let failures = 0;
    for (;;) {
      try {
        await this.#embedAll(documents(), signal);
        if (this.#indexing) log.info('documents are embedded again');
        this.#indexing = undefined;
        failures = 0;
        await sleep(clock, LOOK_EVERY_MS, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!this.#indexing)
          log.warn('documents cannot be embedded; they are found by their words', {
            problem: 'knowledge.not_embedded',
            error,
          });
        this.#indexing = this.#failure(this.#indexing, error);
        failures += 1;
        await sleep(clock, backoffMs(failures, RETRY), signal);
      }
    }
  }

  /** Best first, and empty if the service fails. Never rejects, and waits at most `queryMs` for the service. */
  async similar(
    documents: readonly { readonly id: string }[],
    question: string,
    most: number,
    signal: AbortSignal,
  ): Promise<readonly SimilarPassage[]> {
    const settings = this.options.settings();
    const known = documents.flatMap(({ id }) => {
      const vectors = this.#embedded.get(id)?.vectors;
      return vectors && vectors.size > 0 ? [{ id, vectors }] : [];
    });
    if (settings?.baseUrl === undefined || known.length === 0 || question.trim() === '') return [];
    const call = this.#circuit.enter();
    if (!call) return [];
    try {
      const [values] = await this.#serviceOf(settings).embed(
        [question.slice(0, MAX_QUESTION_CHARS)],
        settings.queryMs,
        signal,
      );
      call.succeeded();
      this.#asking = undefined;
      this.#dimensions = values?.length;
      const vector = packVector(values ?? []);
      return vector ? await similarPassages(known, vector, settings.similarity, most) : [];
    } catch (error) {
      if (signal.aborted) call.released();
      else {
        call.failed();
        this.#asking = this.#failure(this.#asking, error);
      }
      this.options.log.debug('a question could not be embedded', { error });
      return [];
    }
  }

  #failure(before: EmbeddingFailure | undefined, error: unknown): EmbeddingFailure {
    return { sinceMs: before?.sinceMs ?? this.options.clock.wallMs(), reason: inBothLanguages(error) };
  }

  async #embedAll(documents: readonly KnowledgeDocument[], signal: AbortSignal): Promise<void> {
    const settings = this.options.settings();
    if (settings?.model !== this.#model) this.#embedded.clear();
    this.#model = settings?.model;
    const there = new Set(documents.map(({ id }) => id));
    for (const id of this.#embedded.keys()) if (!there.has(id)) this.#embedded.delete(id);
    if (!settings) return;
    for (const id of this.#failed) if (!there.has(id)) this.#failed.delete(id);
    const failedLast = documents.toSorted((a, b) => Number(this.#failed.has(a.id)) - Number(this.#failed.has(b.id)));
    for (const document of failedLast) {
      if (this.#isComplete(document)) continue;
      this.#failed.add(document.id);
      await this.#embed(document, settings, signal);
      this.#failed.delete(document.id);
    }
  }

  #isComplete({ id, createdMs }: KnowledgeDocument): boolean {
    const known = this.#embedded.get(id);
    if (known?.createdMs !== createdMs || !known.complete) return false;
    return (known.vectors.dimensions ?? this.#dimensions) === (this.#dimensions ?? known.vectors.dimensions);
  }

  async #embed(document: KnowledgeDocument, settings: EmbeddingSettings, signal: AbortSignal): Promise<void> {
    const { id, createdMs, passages } = document;
    const embedded: Embedded = { createdMs, vectors: await this.#load(document, settings.model), complete: false };
    if (embedded.vectors.dimensions !== (this.#dimensions ?? embedded.vectors.dimensions))
      Object.assign(embedded, { vectors: new PassageVectors() });
    this.#embedded.set(id, embedded);
    const missing = Array.from({ length: passages }, (_, number) => number).filter(
      (number) => !embedded.vectors.has(number),
    );
    for (let from = 0; from < missing.length; from += settings.batch) {
      const numbers = missing.slice(from, from + settings.batch);
      this.#requireRoom(numbers.length * (embedded.vectors.dimensions ?? this.#dimensions ?? 0));
      if (!(await this.#embedBatch(document, numbers, embedded.vectors, settings, signal))) return;
      await sleep(this.options.clock, PAUSE_MS, signal);
    }
    embedded.complete = true;
  }

  async #load({ id }: KnowledgeDocument, model: string): Promise<PassageVectors> {
    const vectors = new PassageVectors();
    for (let from = 0; ;) {
      const page = await this.options.store.vectors(id, model, from, PAGE);
      for (const one of page) vectors.add(one);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return vectors;
      from = last.number + 1;
    }
  }

  async #embedBatch(
    document: KnowledgeDocument,
    numbers: readonly number[],
    vectors: PassageVectors,
    settings: EmbeddingSettings,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { store } = this.options;
    const passages = await store.passages(document.id, numbers);
    if (passages.length !== numbers.length) return false;
    const texts = passages.map(({ place, text }) => [document.title, place, text].filter(Boolean).join('\n'));
    const made = await this.#serviceOf(settings).embed(texts, BATCH_TIMEOUT_MS, signal);
    this.#dimensions = made[0]?.length;
    const rows = numbers.flatMap((number, at) => {
      const vector = packVector(made[at] ?? []);
      return vector ? [{ number, vector: vectorText(vector) }] : [];
    });
    if (!(await store.keepVectors(document, settings.model, rows))) return false;
    for (const row of rows) vectors.add(row);
    return true;
  }

  #requireRoom(moreBytes: number): void {
    const bytes = [...this.#embedded.values()].reduce((sum, { vectors }) => sum + vectors.bytes, 0);
    if (bytes + moreBytes > MAX_BYTES)
      throw new ChorusError('knowledge.no_embedding', knowledgeWords.vectorsTooLarge(MAX_BYTES / 2 ** 20));
  }

  #serviceOf({ baseUrl, apiKey, model }: EmbeddingSettings): EmbeddingService {
    if (baseUrl === undefined) throw new ChorusError('knowledge.no_embedding', knowledgeWords.noEmbeddingAddress);
    const key = JSON.stringify([baseUrl, apiKey, model]);
    if (this.#service?.key !== key) {
      const { fetch, clock } = this.options;
      this.#service = { key, service: new EmbeddingService({ baseUrl, apiKey, model, fetch, clock }) };
    }
    return this.#service.service;
  }
}
