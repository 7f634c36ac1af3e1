import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import { openStore, type Store } from '../../platform/store/index.js';
import { KnowledgeLibrary, type KnowledgeLibraryOptions } from './library.js';
import { MAX_FILE_BYTES, MAX_PASSAGES } from './limits.js';
import { indexPassages, writeIndex } from './passage-index.js';
import { passagesOf } from './reading/passages.js';
import { readDocument } from './reading/read-document.js';
import type { ReadCall, ReadDocument } from './reading/read-in-child.js';

const MANUAL = `# Boiler
## Pressure
The pressure has to be between 1.2 and 1.8 bar. Open the blue tap under the boiler until the needle is in the green.
## Error codes
F28: the flame went out. Press reset once. F75: the water pressure sensor is broken, call the fitter.
## Holidays
Turn the right knob to the snowflake when you go away in winter.
`;
const HOUSE = `# 家里的规定
## 垃圾
厨余垃圾每周二、周五早上八点以前放到楼下；大件垃圾要先打电话给物业，电话 8765 4321。
## 无线网络
客人用的无线网络叫“来访”，密码写在冰箱门上。
## 扫地机器人
扫地机器人卡住时，按住电源键三秒重置，再放回充电座。滤网每两周清洗一次。
`;

let folder: string;
let store: Store;
let clock: FakeClock;
let library: KnowledgeLibrary;
const ended = new AbortController();

async function readHere({ file, fileName, title }: ReadCall): Promise<ReadDocument> {
  const bytes = new Uint8Array(await readFile(file));
  const { format, pages, sections, title: own } = await readDocument(bytes, fileName);
  const passages = passagesOf(sections);
  const name = title ?? own ?? fileName;
  const sha256 = Buffer.from(bytes).toString('base64').slice(0, 64);
  return {
    format,
    pages,
    passages,
    title: name,
    sha256,
    characters: 1,
    searchIndex: writeIndex(indexPassages(name, passages)),
  };
}

const open = (options: Partial<KnowledgeLibraryOptions> = {}): KnowledgeLibrary =>
  new KnowledgeLibrary({
    store: store.knowledge,
    shared: false,
    dataDir: folder,
    clock,
    log: silentLogger,
    read: readHere,
    signal: ended.signal,
    ...options,
  });

async function* bytesOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
}

const add = (text: string, fileName: string, collection = 'general'): ReturnType<KnowledgeLibrary['add']> =>
  library.add(bytesOf(text), { fileName, collection, title: undefined });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-knowledge-'));
  store = await openStore({ dataDir: folder });
  clock = new FakeClock();
  library = open();
  await library.run(ended.signal);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the documents of a household', () => {
  beforeEach(async () => {
    await add(MANUAL, 'boiler.md', 'manuals');
    await add(HOUSE, 'house.md', 'house');
  });

  it.each([
    ['the boiler shows F28, what do I do', 'Boiler › Error codes'],
    ['what pressure should the boiler have', 'Boiler › Pressure'],
    ['we are going away in winter, how do I set the knob', 'Boiler › Holidays'],
    ['大件垃圾怎么扔', '家里的规定 › 垃圾'],
    ['客人的无线网络密码是什么', '家里的规定 › 无线网络'],
    ['扫地机器人卡住了怎么办', '家里的规定 › 扫地机器人'],
    ['滤网多久清洗一次', '家里的规定 › 扫地机器人'],
  ])('answer "%s" with the right passage, in a turn and in a search', async (question, place) => {
    expect((await library.recall(question, undefined))[0]?.place).toBe(place);
    expect((await library.search(question, undefined, 3))[0]?.place).toBe(place);
  });

  it.each([
    'what is the weather like today',
    'tell me a story about a dragon',
    'hello',
    '今天天气怎么样',
    '讲个笑话',
    '你好',
  ])('are left out when the user talks about something else: "%s"', async (said) => {
    expect(await library.recall(said, undefined)).toEqual([]);
  });

  it('are found only in the collections of the agent', async () => {
    expect(await library.recall('the boiler shows F28', ['house'])).toEqual([]);
    expect(await library.search('boiler F28', ['house'], 5)).toEqual([]);
    expect(await library.search('boiler F28', ['manuals'], 5)).not.toEqual([]);
    expect(library.has([])).toBe(false);
    expect(library.has(['house', 'other'])).toBe(true);
    expect(library.has(['other'])).toBe(false);
  });

  it('are found again after a restart', async () => {
    const again = open();
    expect(again.has(undefined)).toBe(false);
    await again.run(ended.signal);
    expect((await again.search('F75 sensor', undefined, 1))[0]).toMatchObject({ title: 'Boiler' });
  });

  it('leave nothing behind when they are removed', async () => {
    const boiler = (await library.list()).find(({ title }) => title === 'Boiler');
    expect(boiler).toBeDefined();
    expect(await library.remove(boiler?.id ?? '')).toBe(true);
    expect(await library.remove(boiler?.id ?? '')).toBe(false);
    expect(await library.search('boiler pressure F28', undefined, 5)).toEqual([]);
    expect(await store.knowledge.passages(boiler?.id ?? '', [0, 1, 2])).toEqual([]);
    expect(await store.knowledge.searchIndexOf(boiler?.id ?? '')).toBeUndefined();
    expect(await readdir(join(folder, 'knowledge'))).toEqual([]);
  });

  it('are replaced by a new version with the same title or content in the same collection', async () => {
    const changed = await add(MANUAL.replace('Press reset once', 'Press reset twice'), 'boiler-2.md', 'manuals');
    expect(await library.list()).toHaveLength(2);
    await clock.advance(1);
    expect((await library.search('F28', undefined, 1))[0]?.text).toContain('reset twice');
    const same = await library.add(bytesOf(HOUSE), { fileName: 'h.md', collection: 'house', title: 'Rules' });
    expect((await library.list()).map(({ title }) => title)).toEqual(['Rules', 'Boiler']);
    expect(same.id).not.toBe(changed.id);
    await add(MANUAL, 'boiler.md', 'other');
    expect(await library.list()).toHaveLength(3);
  });

  it('that other servers add are found after a while; those that they remove are never quoted', async () => {
    const running = new AbortController();
    const other = open({ shared: true });
    const run = other.run(running.signal).catch(() => undefined);
    await expect.poll(() => other.has(['manuals'])).toBe(true);
    const boiler = (await library.list()).find(({ title }) => title === 'Boiler');
    await library.remove(boiler?.id ?? '');
    expect(await other.search('boiler F28', undefined, 5)).toEqual([]);
    await add('The spare key is at the neighbour.', 'key.txt', 'keys');
    expect(other.has(['keys'])).toBe(false);
    await clock.advance(15_000);
    await expect.poll(() => other.has(['keys'])).toBe(true);
    expect(other.has(['manuals'])).toBe(false);
    running.abort();
    await run;
  });
});

describe('a document', () => {
  it('that is too large is refused before it is received completely, and leaves nothing behind', async () => {
    let sent = 0;
    const flood = async function* (): AsyncGenerator<Uint8Array> {
      for (; sent < 100; sent++) yield await Promise.resolve(new Uint8Array(2 ** 20));
    };
    const about = { fileName: 'x', collection: 'general', title: undefined };
    await expect(library.add(flood(), about)).rejects.toMatchObject({ code: 'knowledge.too_large' });
    expect(sent).toBe(MAX_FILE_BYTES / 2 ** 20);
    const cut = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('x'));
      throw new Error('the sender has gone');
    };
    await expect(library.add(cut(), about)).rejects.toThrow('the sender has gone');
    expect(await readdir(join(folder, 'knowledge'))).toEqual([]);
    expect(await library.list()).toEqual([]);
  });

  it('that cannot be read, or is one too many, changes nothing', async () => {
    await expect(add('', 'x.txt')).rejects.toMatchObject({ code: 'knowledge.unreadable' });
    const many = Array.from({ length: MAX_PASSAGES + 1 }, () => ({ place: '', text: 'x' }));
    library = open({ read: async (call) => ({ ...(await readHere(call)), passages: many }) });
    await expect(add('x', 'x.txt')).rejects.toMatchObject({ code: 'knowledge.too_large' });
    expect(await library.list()).toEqual([]);
    expect(await readdir(join(folder, 'knowledge'))).toEqual([]);
  });

  it('waits for the document before it, and is refused if too many wait', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reading = 0;
    let most = 0;
    library = open({
      async read(call) {
        most = Math.max(most, ++reading);
        await held;
        reading -= 1;
        return readHere(call);
      },
    });
    const waiting = Array.from({ length: 8 }, (_, n) => add(`text ${n}`, `${n}.txt`));
    await expect(add('one more', 'x.txt')).rejects.toMatchObject({ code: 'knowledge.too_large' });
    release();
    await Promise.all(waiting);
    expect(most).toBe(1);
    expect(await library.list()).toHaveLength(8);
  });

  it('does not make a turn fail if the database fails', async () => {
    await add(MANUAL, 'boiler.md');
    const broken = open({
      store: {
        documents: () => store.knowledge.documents(),
        searchIndexOf: (id) => store.knowledge.searchIndexOf(id),
        keep: () => Promise.reject(new Error('not used')),
        remove: () => Promise.reject(new Error('not used')),
        passages: () => Promise.reject(new ChorusError('store.failed', 'gone')),
        vectors: () => Promise.resolve([]),
        keepVectors: () => Promise.reject(new Error('not used')),
      },
    });
    await broken.run(ended.signal);
    expect(await broken.recall('the boiler shows F28', undefined)).toEqual([]);
    await expect(broken.search('the boiler shows F28', undefined, 1)).rejects.toMatchObject({ code: 'store.failed' });
  });
});
