import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { MapMemoryStore } from '../../../test/fakes/map-memory-store.js';
import { Cancelled, ChorusError, silentLogger } from '../../core/index.js';
import type { MemoryQuery } from '../../platform/store/index.js';
import type { MemoryService } from '../../providers/index.js';
import type { LlmProvider, LlmRequest } from '../../providers/llm/llm-port.js';
import { Mem0 } from '../../providers/memory/mem0/mem0.js';
import { turnRecord, type Agent, type MemoryKind } from '../../records/index.js';
import { ServerTools } from '../tools/index.js';
import { Memories, type MemoriesOptions } from './memories.js';
import { memoryTools } from './memory-tools.js';

const TALKER = { deviceId: '02:00:00:00:00:01', language: 'en-US', timeZone: 'Europe/Berlin' };
const NEVER = new AbortController().signal;

let clock: FakeClock;
let store: MapMemoryStore;
let kind: MemoryKind;
let mayWork: boolean;
/** The model's answers, in order. An error is thrown, a function is called when the model is asked. */
let answers: (string | Error | (() => string))[];
let asked: LlmRequest[];
let service: MemoryService | undefined;
let memories: Memories;
const llm: LlmProvider = {
  id: 'scripted',
  local: true,
  async *stream(request) {
    asked.push(request);
    const answer = answers.shift() ?? '{}';
    if (answer instanceof Error) throw answer;
    yield { type: 'text', text: typeof answer === 'string' ? answer : answer() };
  },
};

const warnings: unknown[] = [];
let known: MemoriesOptions['keptBy'];

beforeEach(() => {
  clock = new FakeClock();
  store = new MapMemoryStore();
  kind = 'facts';
  mayWork = true;
  answers = [];
  asked = [];
  warnings.length = 0;
  service = undefined;
  known = () => Promise.resolve({ devices: [TALKER.deviceId, 'other'], agents: ['a'] });
  memories = new Memories({
    store,
    clock,
    log: { ...silentLogger, warn: (_, fields) => void warnings.push(fields) },
    kindOf: (agent) => agent?.memory ?? kind,
    modelOf: () => ({ llm, model: 'small' }),
    service: () => service,
    keptBy: () => known(),
    mayWork: () => mayWork,
  });
});

async function talk(said: string, answer: (typeof answers)[number], agent?: Agent, settleMs = 2000): Promise<void> {
  const stop = new AbortController();
  const running = memories.run(stop.signal).catch(() => undefined);
  answers.push(answer);
  memories.open(TALKER, agent);
  memories.note('t1', turn(said, agent));
  memories.ended(TALKER.deviceId, agent);
  await clock.advance(settleMs);
  stop.abort();
  await running;
}

function turn(userText: string, agent?: Agent): ReturnType<typeof turnRecord> {
  return turnRecord(1, {
    ...TALKER,
    agentId: agent?.id,
    atWallMs: 2,
    utteranceAtWallMs: 1,
    outcome: 'answered',
    mode: 'auto',
    stagesMs: {},
    userText,
    answerText: 'I see.',
  });
}

const facts = (...list: readonly unknown[]): string => JSON.stringify({ facts: list, forget: [] });
const recall = async (text: string, agent?: Agent): Promise<readonly string[]> =>
  (await memories.open(TALKER, agent)?.recall(text, NEVER)) ?? [];

describe('facts', () => {
  it('are extracted after a conversation by one request, which has low priority', async () => {
    await talk('Mia is six', `<think>hm {</think> ${facts({ name: 'Mia', text: 'Mia is six.', keywords: ['age'] })}`);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ model: 'small', tools: [], certainty: { certain: false } });
    expect(asked[0]?.messages[1]?.content).toContain('1. User: Mia is six\n   Assistant: I see.');
    expect(store.records).toMatchObject([{ name: 'Mia', text: 'Mia is six.', sourceTurn: 't1', agentId: '' }]);
    expect(await recall('how old is she')).toEqual([expect.stringContaining('Mia is six.')]);
  });

  it('are not extracted while users need the model', async () => {
    mayWork = false;
    await talk('Mia is six', facts({ text: 'Mia is six.' }));
    expect(asked).toEqual([]);
    mayWork = true;
    await talk('again', facts());
    expect(asked).toHaveLength(1);
  });

  it('are requested again if a request fails or is pushed aside, and given up after some attempts', async () => {
    const busy = new Cancelled('no place');
    answers.push(busy, busy, busy, busy, busy, busy);
    await talk('Mia is six', facts({ text: 'Mia is six.' }), undefined, 20_000);
    expect(store.records).toHaveLength(1);
    asked = [];
    answers.push(...Array.from({ length: 19 }, () => new ChorusError('llm.timeout', 'slow')));
    await talk('Tom is ten', facts({ text: 'Tom is ten.' }), undefined, 3_600_000);
    expect(asked).toHaveLength(10);
    expect(store.records).toHaveLength(1);
  });

  it('survive an outage of ten minutes, in which other conversations are read', async () => {
    let away = true;
    const answer = (): string => {
      const isTom = JSON.stringify(asked.at(-1)?.messages).includes('Tom is ten');
      if (isTom && away) throw new ChorusError('llm.timeout', 'slow');
      return facts({ text: isTom ? 'Tom is ten.' : 'Mia is six.' });
    };
    answers = Array<typeof answer>(20).fill(answer);
    await talk('Tom is ten', answer, undefined, 3000);
    await talk('Mia is six', answer, undefined, 600_000);
    expect(store.records.map(({ text }) => text)).toEqual(['Mia is six.']);
    away = false;
    await talk('hello', answer, undefined, 300_000);
    expect(store.records.map(({ text }) => text)).toEqual(['Mia is six.', 'Tom is ten.']);
  });

  it('replace facts that they contradict, which are kept as past facts', async () => {
    await talk('six', facts({ name: 'Mia', text: 'Mia is six years old.' }));
    await talk('seven', facts({ name: 'Mia', text: 'Mia is seven years old.', replaces: [1, 7] }));
    expect(asked[1]?.messages[1]?.content).toContain('1. Mia is six years old.');
    expect(store.records).toMatchObject([{ text: 'Mia is six years old.', replacedBy: store.records[1]?.id }, {}]);
    expect(await recall('age of Mia')).toEqual([expect.stringContaining('seven')]);
  });

  it.each([
    ['no JSON', 'Nothing new.'],
    ['incomplete JSON', '{"facts":[{"text":"Mia'],
    ['facts without a usable text', facts({ text: '' }, { text: 7 }, 'x', null)],
    ['a fact that is already known', facts({ text: 'Mia is six.' })],
  ])('are not added if the answer of the model is %s', async (_name, answer) => {
    await talk('six', facts({ text: 'Mia is six.' }));
    await talk('x', answer);
    expect(store.records).toHaveLength(1);
  });

  it('of one agent are not visible to another', async () => {
    const coach: Agent = { id: 'coach', name: 'Coach' };
    const cook: Agent = { id: 'cook', name: 'Cook' };
    await talk('B1', facts({ text: 'The pupil is at level B1.' }), coach);
    expect(await recall('level', coach)).toHaveLength(1);
    expect(await recall('level', cook)).toEqual([]);
    expect(memories.open(TALKER, { id: 'none', name: 'N', memory: 'none' })).toBeUndefined();
  });

  it('are forgotten completely, even if their conversation was not read yet', async () => {
    await talk('six', facts({ text: 'Mia is six.' }));
    memories.open(TALKER, undefined);
    memories.note('t2', turn('secret'));
    expect(await memories.forget({ deviceId: TALKER.deviceId })).toBe(1);
    memories.ended(TALKER.deviceId, undefined);
    expect(await recall('Mia')).toEqual([]);
    await talk('x', facts());
    expect(JSON.stringify(asked)).not.toContain('secret');
  });

  it("of a person are forgotten together with this person's turns that were not read yet", async () => {
    await talk('six', facts({ name: 'Anna', text: 'Anna is six.' }, { name: 'Tom', text: 'Tom is ten.' }));
    mayWork = false;
    const said = { ...turn('the first secret'), person: 'Anna' };
    memories.open(TALKER, undefined);
    memories.note('t2', said);
    memories.note('t3', { ...turn('the zoo was nice'), person: 'Tom' });
    memories.ended(TALKER.deviceId, undefined);
    memories.open(TALKER, undefined);
    memories.note('t4', { ...said, userText: 'the second secret' });
    expect(await memories.forget({ person: 'Anna' })).toBe(1);
    memories.ended(TALKER.deviceId, undefined);
    mayWork = true;
    asked = [];
    await talk('x', facts(), undefined, 10_000);
    expect(JSON.stringify(asked)).toContain('the zoo was nice');
    expect(JSON.stringify(asked)).not.toContain('secret');
    expect(store.records.map(({ name }) => name)).toEqual(['Tom']);
  });

  it.each<MemoryQuery>([TALKER, { person: 'Anna' }])('are forgotten while they are read: %j', async (query) => {
    const forgotten: Promise<number>[] = [];
    memories.open(TALKER, undefined);
    const heard = { Anna: 'the secret', Mia: 'my secret', Tom: 'the zoo was nice' };
    for (const [person, text] of Object.entries(heard)) memories.note(person, { ...turn(text), person });
    const answer = (): string => {
      forgotten.push(memories.forget(query), memories.forget({ person: 'Mia' }));
      return facts({ name: 'Anna', text: 'Anna has a secret.' });
    };
    memories.ended(TALKER.deviceId, undefined);
    await talk('x', answer, undefined, 10_000);
    expect([await Promise.all(forgotten), store.records, warnings]).toEqual([[0, 0], [], []]);
    const [first, ...others] = asked.map((request) => JSON.stringify(request));
    expect([first?.includes('secret'), others.join().includes('secret')]).toEqual([true, false]);
    expect(others.join().includes('the zoo was nice')).toBe(query.person !== undefined);
  });
});

it('a summary replaces the one before it', async () => {
  kind = 'summary';
  await talk('six', ' The family has a girl, Mia. ');
  await talk('seven', 'The family has a girl, Mia, who is seven.');
  expect(asked[1]?.messages[1]?.content).toContain('The family has a girl, Mia.\n');
  expect(await recall('anything')).toEqual(['The family has a girl, Mia, who is seven.']);
  expect(store.records.map(({ replacedBy }) => replacedBy === undefined)).toEqual([false, true]);
});

describe('facts stored by tools', () => {
  const call = (name: string, input: Record<string, unknown>, person?: string): Promise<{ readonly text: string }> =>
    new ServerTools({ id: 'server', tools: memoryTools(memories), clock })
      .for({ ...TALKER, person, log: silentLogger })
      .call(name, input, NEVER);

  it('are stored at once, replace a similar fact, and can be forgotten', async () => {
    const memory = memories.open(TALKER, undefined);
    await call('remember_fact', { fact: 'Tom is allergic to peanuts', about: 'Tom' });
    await call('remember_fact', { fact: 'Tom is allergic to peanuts and nuts', about: 'Tom' });
    await call('remember_fact', { fact: 'The cat is called Mimi', keywords: ['pet'] });
    expect(await memory?.recall('what may he eat? allergy?', NEVER)).toEqual([
      'Tom is allergic to peanuts and nuts',
      'The cat is called Mimi',
    ]);
    expect(await call('forget_fact', { fact: 'the pet' })).toEqual({ text: 'Forgotten: The cat is called Mimi' });
    expect(await call('forget_fact', { fact: 'zebra' })).toEqual({ text: 'Nothing of that kind is remembered.' });
    expect(await memory?.recall('cat', NEVER)).toEqual(['Tom is allergic to peanuts and nuts']);
  });

  it('are about the speaker unless they name another person, and are linked to their turn', async () => {
    memories.open(TALKER, undefined);
    await call('remember_fact', { fact: 'Peanuts are bad for me', about: ' ' }, 'Anna');
    await call('remember_fact', { fact: 'Tom is ten', about: 'Tom' }, 'Anna');
    memories.note('t1', { ...turn(''), userText: undefined });
    await call('remember_fact', { fact: 'The cat is called Mimi' });
    await talk('nothing new', facts());
    memories.note('t2', turn('hello'));
    expect(store.records.map(({ name, sourceTurn }) => [name, sourceTurn])).toEqual([
      ['Anna', 't1'],
      ['Tom', 't1'],
      [undefined, 't1'],
    ]);
    expect(await memories.forget({ person: 'Anna' })).toBe(1);
  });

  it('are not linked to noise but to their turn, even when the server stops', async () => {
    memories.open(TALKER, undefined);
    await call('remember_fact', { fact: 'Tom is ten' });
    memories.note('noise', { ...turn(''), userText: undefined, outcome: 'empty' });
    memories.note('t1', turn('remember that Tom is ten'));
    await memories.linkSources();
    expect(store.records.map(({ sourceTurn }) => sourceTurn)).toEqual(['t1']);
  });

  it('never come from speech that the device overheard', async () => {
    memories.open(TALKER, undefined);
    memories.note('tv', { ...turn('I hate fish'), outcome: 'empty', overheard: 'background' });
    memories.ended(TALKER.deviceId, undefined);
    await talk('hello', facts());
    expect(asked.map(({ messages }) => messages[1]?.content)).toEqual([expect.stringContaining('hello')]);
  });

  it('stay stored if they cannot be linked to their turn', async () => {
    memories.open(TALKER, undefined);
    await call('remember_fact', { fact: 'Tom is ten' });
    const setSource = store.setSource.bind(store);
    store.setSource = () => Promise.reject(new ChorusError('store.failed', 'gone'));
    await talk('Tom', facts());
    store.setSource = setSource;
    await call('remember_fact', { fact: 'The cat is called Mimi' });
    await talk('the cat', facts());
    expect(store.records.map(({ text, sourceTurn }) => [text, sourceTurn])).toEqual([
      ['Tom is ten', undefined],
      ['The cat is called Mimi', 't1'],
    ]);
  });
});

it('a fact is recalled with its date once the day at the device is over', async () => {
  const HOUR_MS = 3_600_000;
  // Midnight in UTC. The device's clock shows one or two in the morning.
  const untilMidnight = 24 * HOUR_MS - (clock.wallMs() % (24 * HOUR_MS));
  clock.setAhead(untilMidnight);
  const shown = async (): Promise<string> => (await memories.open(TALKER, undefined)?.recall('cat', NEVER))?.[0] ?? '';
  await new ServerTools({ id: 'server', tools: memoryTools(memories), clock })
    .for({ ...TALKER, log: silentLogger })
    .call('remember_fact', { fact: 'The cat is called Mimi' }, NEVER);
  // At 20:00 UTC the device has the same day, and at 23:00 UTC the next day.
  clock.setAhead(20 * HOUR_MS);
  expect(await shown()).toBe('The cat is called Mimi');
  clock.setAhead(3 * HOUR_MS);
  expect(await shown()).toMatch(/^The cat is called Mimi \(\d{4}-\d{2}-\d{2}\)$/);
});

describe('mem0', () => {
  const requests: { readonly url: string; readonly body: unknown; readonly method: string | undefined }[] = [];
  let delayMs = 0;
  beforeEach(() => {
    requests.length = 0;
    delayMs = 0;
    kind = 'mem0';
    const fetch = async (address: URL, init: RequestInit): Promise<Response> => {
      const url = String(address);
      requests.push({
        url,
        method: init.method,
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      });
      if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      return Response.json(url.includes('search') ? { results: [{ memory: 'likes tea' }] } : {});
    };
    service = new Mem0({
      baseUrl: 'https://api.mem0.ai',
      apiKey: 'k',
      http: { fetch: fetch as typeof globalThis.fetch },
      clock,
    });
  });

  it('receives each conversation, is queried for each turn, and can forget', async () => {
    await talk('tea please', '', { id: 'a', name: 'A' });
    expect(requests[0]).toMatchObject({
      url: 'https://api.mem0.ai/v1/memories/',
      body: { user_id: '02:00:00:00:00:01/a', messages: [{ role: 'user', content: 'tea please' }, {}] },
    });
    expect(await recall('drink')).toEqual(['likes tea']);
    await memories.forget({ deviceId: TALKER.deviceId });
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: expect.stringContaining('user_id=02') as string });
  });

  it.each([
    [{ deviceId: TALKER.deviceId }, [TALKER.deviceId, `${TALKER.deviceId}/a`]],
    [{ agentId: 'gone' }, [`${TALKER.deviceId}/gone`, 'other/gone']],
  ])('forgets a deleted device with each agent, or a deleted agent on each device: %j', async (deleted, users) => {
    await memories.forgetAtServices(deleted, NEVER);
    expect(requests.map(({ url }) => new URL(url).searchParams.get('user_id'))).toEqual(users);
    expect(requests.every(({ method }) => method === 'DELETE')).toBe(true);
    expect(warnings).toEqual([]);
    known = () => Promise.reject(new Error('no list'));
    await memories.forgetAtServices(deleted, NEVER);
    expect(warnings).toEqual([expect.objectContaining({ problem: 'memory.not_forgotten', reason: 'no list' })]);
  });

  it('can forget an agent or everything, and reports that it cannot forget a person', async () => {
    await memories.forget({ agentId: 'a' });
    await memories.forget({});
    expect(requests.map(({ url }) => new URL(url).searchParams.get('user_id'))).toEqual([
      `${TALKER.deviceId}/a`,
      'other/a',
      TALKER.deviceId,
      `${TALKER.deviceId}/a`,
      'other',
      'other/a',
    ]);
    requests.length = 0;
    await memories.remember(TALKER.deviceId, undefined, { name: 'Anna', text: 'likes tea', keywords: [] });
    await expect(memories.forget({ person: 'Anna' })).rejects.toMatchObject({ code: 'memory.kept_by_device' });
    expect(await memories.list({ person: 'Anna' })).toEqual([]);
    expect(requests).toEqual([]);
    await memories.forget({ id: 'x' });
    service = undefined;
    expect(await memories.forget({ person: 'Anna' })).toBe(0);
  });

  it('may take 150 ms; after that, the facts that were requested when speech began are used', async () => {
    const memory = memories.open(TALKER, undefined);
    memories.note('t1', turn('tea please'));
    memory?.expect();
    await clock.advance(0);
    delayMs = 1000;
    const slow = memory?.recall('drink', NEVER);
    await clock.advance(150);
    expect(await slow).toEqual(['likes tea']);
    await clock.advance(1000);
  });
});
