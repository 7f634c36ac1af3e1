import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { silentLogger } from '../../core/index.js';
import { openStore, type NewKnowledgeDocument, type Store } from '../../platform/store/index.js';
import { KnowledgeLibrary } from './library.js';
import { Meanings, type EmbeddingSettings } from './meanings.js';
import { indexPassages, writeIndex } from './passage-index.js';
import { packVector, PassageVectors, similarPassages, vectorText } from './passage-vectors.js';
import { fuseRanks } from './rank-fusion.js';

const PASSAGES = [
  { place: 'Reset', text: 'When the flame went out, press the button on the front once.' },
  { place: 'Waste', text: '厨余垃圾每周二早上八点以前放到楼下。' },
  { place: 'Guests', text: 'The network is called “visitors”; its password hangs on the fridge.' },
];
/** Words in one row have the same meaning for the test's model. */
const SUBJECTS = [/flame|boiler|freezing|cold flat|暖气|太冷/i, /垃圾|rubbish|trash/i, /network|wi-?fi|online|上网/i];

const SETTINGS: EmbeddingSettings = {
  baseUrl: 'http://vectors.test/v1',
  apiKey: undefined,
  model: 'm',
  queryMs: 250,
  batch: 2,
  similarity: 0.5,
};

const document = (fields: Partial<NewKnowledgeDocument> = {}): NewKnowledgeDocument => ({
  id: 'd1',
  collection: 'home',
  title: 'Handbook',
  format: 'text',
  bytes: 1,
  sha256: 'x',
  pages: undefined,
  characters: 1,
  createdMs: 1,
  passages: PASSAGES,
  searchIndex: writeIndex(indexPassages('Handbook', PASSAGES)),
  ...fields,
});

class Vectors {
  readonly asked: (readonly string[])[] = [];
  dimensions = 4;
  fail = false;
  refused: RegExp | undefined;
  held: Promise<void> | undefined;

  readonly fetch = (async (_url: URL, { body, signal }: RequestInit) => {
    const { input } = JSON.parse(body as string) as { readonly input: readonly string[] };
    this.asked.push(input);
    if (this.held) await this.held;
    signal?.throwIfAborted();
    if (input.some((text) => this.refused?.test(text))) return new Response('', { status: 400 });
    if (this.fail) return new Response('', { status: 503 });
    return Response.json({ data: input.map((text) => ({ embedding: this.#vectorOf(text) })) });
  }) as unknown as typeof fetch;

  #vectorOf(text: string): readonly number[] {
    const known = SUBJECTS.map((subject) => (subject.test(text) ? 1 : 0.05));
    return Array.from({ length: this.dimensions }, (_, at) => known[at] ?? (at === 3 ? 0.3 : 0));
  }
}

describe('passages that match only by meaning', () => {
  let folder: string;
  let store: Store;
  let clock: FakeClock;
  let vectors: Vectors;
  let settings: EmbeddingSettings | undefined;
  let library: KnowledgeLibrary;
  let ended: AbortController;

  const open = async (): Promise<void> => {
    const { signal } = ended;
    const meanings = new Meanings({
      store: store.knowledge,
      settings: () => settings,
      clock,
      log: silentLogger,
      fetch: vectors.fetch,
    });
    library = new KnowledgeLibrary({
      store: store.knowledge,
      shared: false,
      dataDir: folder,
      clock,
      log: silentLogger,
      read: () => Promise.reject(new Error('not used')),
      meanings,
      signal,
    });
    await library.run(signal);
    library.embed(signal).catch(() => undefined);
  };
  const embedded = async (requests: number): Promise<void> => {
    const asked = async (): Promise<number> => {
      await clock.advance(100);
      return vectors.asked.length;
    };
    await expect.poll(asked, { timeout: 20_000, interval: 2 }).toBe(requests);
    const kept = async (): Promise<unknown> => {
      await clock.advance(100);
      const rows = await store.knowledge.vectors('d1', settings?.model ?? '', 0, 99);
      return rows.map(({ vector }) => Buffer.from(vector, 'base64').length);
    };
    await expect.poll(kept, { timeout: 20_000, interval: 2 }).toEqual(PASSAGES.map(() => vectors.dimensions));
    await clock.advance(1000);
  };
  const placesOf = async (question: string): Promise<readonly string[]> =>
    (await library.search(question, undefined, 3)).map(({ place }) => place);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-meanings-'));
    store = await openStore({ dataDir: folder });
    clock = new FakeClock();
    vectors = new Vectors();
    settings = SETTINGS;
    ended = new AbortController();
    await store.knowledge.keep(document());
    await open();
  });
  afterEach(async () => {
    ended.abort(new Error('over'));
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['my flat is freezing', 'Reset'],
    ['家里太冷了', 'Reset'],
    ['where do I put the rubbish', 'Waste'],
    ['怎么上网', 'Guests'],
  ])('are found for "%s" by vectors, in the search and in a turn', async (question, place) => {
    expect(await placesOf(question)).not.toContain(place);
    await embedded(2);
    expect((await placesOf(question))[0]).toBe(place);
    expect((await library.recall(question, undefined))[0]?.place).toBe(place);
    expect(await library.recall(question, ['another'])).toEqual([]);
  });

  it('are merged with those found by words; nothing is found for a question about something else', async () => {
    await embedded(2);
    expect((await placesOf('password, it is freezing')).slice().sort()).toEqual(['Guests', 'Reset']);
    expect(await placesOf('sing me a song')).toEqual([]);
    expect(await library.recall('sing me a song', undefined)).toEqual([]);
  });

  it('get vectors once, in batches, from their text with title and heading', async () => {
    await embedded(2);
    expect(vectors.asked.map(({ length }) => length)).toEqual([2, 1]);
    expect(vectors.asked[0]?.[0]).toBe('Handbook\nReset\nWhen the flame went out, press the button on the front once.');
    ended.abort(new Error('restart'));
    ended = new AbortController();
    await open();
    const question = 'my flat is freezing';
    const first = async (): Promise<unknown> => {
      await clock.advance(100);
      return (await placesOf(question))[0];
    };
    await expect.poll(first, { timeout: 20_000, interval: 2 }).toBe('Reset');
    await clock.advance(60_000);
    expect(new Set(vectors.asked.slice(2).flat())).toEqual(new Set([question]));
  });

  it('get new vectors after a change of the model or its dimensions', async () => {
    await embedded(2);
    settings = { ...SETTINGS, model: 'n' };
    await embedded(4);
    vectors.dimensions = 8;
    expect(await placesOf('my flat is freezing')).toEqual([]);
    await embedded(7);
    expect((await placesOf('my flat is freezing'))[0]).toBe('Reset');
  });

  it('are not found while the service fails, and found again later', async () => {
    vectors.fail = true;
    const failed = async (): Promise<number> => {
      await clock.advance(100);
      return vectors.asked.length;
    };
    await expect.poll(failed, { timeout: 20_000, interval: 2 }).toBe(1);
    expect(await placesOf('flame')).toEqual(['Reset']);
    vectors.fail = false;
    await embedded(vectors.asked.length + 2);
    vectors.fail = true;
    for (let n = 0; n < 3; n++) expect(await placesOf('flame')).toEqual(['Reset']);
    const before = vectors.asked.length;
    expect(await placesOf('flame')).toEqual(['Reset']);
    expect(vectors.asked).toHaveLength(before);
    vectors.fail = false;
    await clock.advance(30_000);
    expect((await placesOf('my flat is freezing'))[0]).toBe('Reset');
  });

  it('get vectors even if the service always refuses another document', async () => {
    ended.abort(new Error('restart'));
    ended = new AbortController();
    vectors.refused = /^Refused/;
    await store.knowledge.keep(document({ id: 'd2', title: 'Refused', sha256: 'y', createdMs: 2 }));
    await open();
    const counted = async (): Promise<unknown> => {
      await clock.advance(10_000);
      return [library.embedding?.embedded.get('d1'), library.embedding?.failing !== undefined];
    };
    await expect.poll(counted, { timeout: 5000, interval: 2 }).toEqual([3, true]);
    expect(library.embedding?.embedded.get('d2')).toBe(0);
  });

  it('have a status that states their number, and since when and why the service fails', async () => {
    await embedded(2);
    expect(library.embedding).toEqual({ model: 'm', embedded: new Map([['d1', 3]]), failing: undefined });
    vectors.fail = true;
    const sinceMs = clock.wallMs();
    await placesOf('flame');
    await clock.advance(100);
    await placesOf('flame');
    expect(library.embedding?.failing).toMatchObject({
      sinceMs,
      reason: { en: expect.stringContaining('503') as string },
    });
    vectors.fail = false;
    await placesOf('flame');
    expect(library.embedding?.failing).toBeUndefined();
    vectors.fail = true;
    await store.knowledge.keep(document({ id: 'd2', title: 'Other', sha256: 'y' }));
    await library.run(ended.signal);
    const failing = async (): Promise<unknown> => {
      await clock.advance(100);
      return library.embedding?.failing;
    };
    await expect.poll(failing, { timeout: 20_000, interval: 2 }).toBeDefined();
    expect(library.embedding?.embedded.get('d2')).toBe(0);
    settings = undefined;
    expect(library.embedding).toBeUndefined();
  });

  it('are not waited for longer than the settings allow', async () => {
    await embedded(2);
    let release = (): void => undefined;
    vectors.held = new Promise((resolve) => (release = resolve));
    const found = placesOf('flame');
    await clock.advance(249);
    expect(clock.pending).toBeGreaterThan(0);
    await clock.advance(1);
    expect(await found).toEqual(['Reset']);
    release();
  });

  it('get no vectors if the model or the address is missing', async () => {
    ended.abort(new Error('restart'));
    ended = new AbortController();
    await store.knowledge.keep(document({ createdMs: 2 }));
    vectors.asked.length = 0;
    for (const off of [undefined, { ...SETTINGS, baseUrl: undefined }]) {
      settings = off;
      await open();
      await clock.advance(40_000);
      expect(await placesOf('flame')).toEqual(['Reset']);
      expect(vectors.asked).toEqual([]);
    }
  });
});

describe('the memory for vectors', () => {
  const MB = 2 ** 20;

  /** All passages except the last have a vector of one megabyte. */
  async function requestsWith(passages: number) {
    const ended = new AbortController();
    const clock = new FakeClock();
    const vectors = new Vectors();
    vectors.held = new Promise(() => undefined);
    const vector = Buffer.alloc(MB, 1).toString('base64');
    const { passages: _, searchIndex: __, ...known } = document();
    const meanings = new Meanings({
      store: {
        vectors: (_id, _model, from, most) =>
          Promise.resolve(
            Array.from({ length: Math.min(most, passages - 1 - from) }, (_one, n) => ({ number: from + n, vector })),
          ),
        passages: (_id, numbers) => Promise.resolve(numbers.map(() => ({ place: '', text: 'flame' }))),
        keepVectors: () => Promise.resolve(true),
      },
      settings: () => SETTINGS,
      clock,
      log: silentLogger,
      fetch: vectors.fetch,
    });
    void meanings.run(() => [{ ...known, passages }], ended.signal).catch(() => undefined);
    const settled = async (): Promise<boolean> => {
      await clock.advance(100);
      return vectors.asked.length > 0 || meanings.status?.failing !== undefined;
    };
    await expect.poll(settled, { timeout: 20_000, interval: 2 }).toBe(true);
    ended.abort(new Error('over'));
    return { asked: vectors.asked.length, failing: meanings.status?.failing?.reason.en };
  }

  it('is 64 MB; beyond it no vectors are made, and the reason is reported', async () => {
    expect(await requestsWith(64)).toEqual({ asked: 1, failing: undefined });
    expect(await requestsWith(65)).toEqual({
      asked: 0,
      failing: 'the vectors of all documents would take more than 64 MB',
    });
  });
});

describe('vectors in eight bits', () => {
  const value = fc.integer({ min: -1000, max: 1000 }).map((thousandths) => thousandths / 1000);
  const values = fc.array(value, { minLength: 8, maxLength: 8 });

  it('keep the cosine of two vectors to two digits', async () => {
    await fc.assert(
      fc.asyncProperty(values, values, async (a, b) => {
        const [packedA, packedB] = [packVector(a), packVector(b)];
        fc.pre(packedA !== undefined && packedB !== undefined);
        const vectors = new PassageVectors();
        vectors.add({ number: 7, vector: vectorText(packedB) });
        const [found] = await similarPassages([{ id: 'd', vectors }], packedA, -1, 1);
        const dot = (x: readonly number[], y: readonly number[]): number =>
          x.reduce((sum, one, at) => sum + one * (y[at] ?? 0), 0);
        expect(found?.number).toBe(7);
        expect(found?.similarity).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 1);
      }),
    );
  });

  it('cannot be made of zeros only or of an empty list', () => {
    expect(packVector([])).toBeUndefined();
    expect(packVector([0, 0])).toBeUndefined();
    const vectors = new PassageVectors();
    vectors.add({ number: 0, vector: 'AAAA' });
    vectors.add({ number: 1, vector: 'fwAA' });
    vectors.add({ number: 2, vector: 'fw==' });
    expect([vectors.size, vectors.has(1), vectors.dimensions]).toEqual([1, true, 3]);
  });
});

describe('the ranks in two lists', () => {
  const at = (number: number): { documentId: string; number: number } => ({ documentId: 'd', number });

  it('put a passage first if it ranks high in both lists', () => {
    const numbers = fuseRanks([[1, 2, 3].map(at), [4, 2].map(at)], 3).map(({ number }) => number);
    expect(numbers[0]).toBe(2);
    expect(new Set(numbers.slice(1))).toEqual(new Set([1, 4]));
    expect(fuseRanks([[], []], 3)).toEqual([]);
  });
});
