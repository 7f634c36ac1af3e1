import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asCommand, http, startServer, type Harness } from '../../../test/scenarios/conformance/harness.js';
import { turnOf } from '../../../test/fakes/filled-store.js';
import { openStore, type NewMemory, type Store } from '../../platform/store/index.js';
import { AGENT_EXAMPLES } from '../../records/index.js';

const DEVICE = '02:00:00:00:00:01';
let folder: string;
let store: Store;
let harness: Harness;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-memories-'));
  store = await openStore({ dataDir: folder });
  await store.seen(
    { deviceId: DEVICE, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' },
    1,
  );
  const { memories, history } = store;
  harness = await startServer({
    store,
    agents: store.agents,
    admin: {
      memories: {
        list: (query) => memories.memories(query),
        edit: (id, text) => memories.edit(id, text),
        forget: (query) => memories.forget(query),
      },
      people: {
        on: true,
        list: () => store.people.people(),
        enroll: () => Promise.reject(new Error('not here')),
        rename: (id, name) => store.people.rename(id, name),
        forget: (id) => store.people.remove(id),
      },
      history: {
        list: (query) => history.recentTurns(query),
        forget: (which) => history.forgetTurns(which),
        idOf: ({ id }) => `run-${id}`,
        sidesOf: (turns) => store.audio.sidesOf(turns),
        async audio(id, side) {
          const turn = await history.find(id);
          return turn && store.audio.read(turn, side);
        },
      },
    },
  });
});
afterEach(async () => {
  await harness.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await http(harness, {
    method,
    path: `/api/v1${path}`,
    headers: asCommand(harness),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: answer.text === '' ? undefined : answer.json };
}

const memory = (id: string, fields: Partial<NewMemory> = {}): NewMemory => ({
  id,
  deviceId: DEVICE,
  agentId: '',
  kind: 'fact',
  subject: 'person',
  name: 'Mia',
  text: `fact ${id}`,
  keywords: [],
  sourceTurn: 't1',
  createdMs: Number(id.slice(1)),
  replaces: [],
  ...fields,
});

it('shows, corrects and deletes memories; deletes all of them only if asked to explicitly', async () => {
  await store.memories.keep([memory('m1'), memory('m2', { replaces: ['m1'] }), memory('m3', { name: undefined })]);
  expect((await call('GET', '/memories?person=mia')).json).toMatchObject({
    memories: [{ id: 'm2' }, { id: 'm1', replacedBy: 'm2' }],
  });
  expect((await call('PATCH', '/memories/m3', { text: ' The cat is called Mimi. ' })).json).toMatchObject({
    memory: { text: 'The cat is called Mimi.' },
  });
  expect((await call('PATCH', '/memories/none', { text: 'x' })).status).toBe(404);
  expect((await call('GET', '/memories?device=kitchen')).status).toBe(400);
  expect((await call('DELETE', '/memories')).json).toMatchObject({ error: { code: 'admin.bad_request' } });
  expect(await call('DELETE', '/memories/m2')).toEqual({ status: 204, json: undefined });
  expect((await call('DELETE', '/memories/m2')).status).toBe(404);
  expect((await call('DELETE', '/memories?all=true')).json).toEqual({ forgotten: 1 });
  expect((await call('GET', '/memories')).json).toEqual({ memories: [] });
});

it('returns the history in pages, and deletes the history of one agent', async () => {
  await store.history.keepTurns(
    [1, 2, 3].map((n) => turnOf(n, { deviceId: DEVICE, agentId: n === 2 ? 'a' : undefined })),
  );
  const ids = async (query: string): Promise<unknown> =>
    ((await call('GET', `/history${query}`)).json as { turns: { id: string }[] }).turns.map(({ id }) => id);
  expect(await ids('?limit=2')).toEqual(['5e7c-3', '5e7c-2']);
  expect(await ids(`?before=${turnOf(2).atWallMs}`)).toEqual(['5e7c-1']);
  expect((await call('DELETE', '/history')).status).toBe(400);
  expect((await call('DELETE', '/history?agent=a')).json).toEqual({ forgotten: 1 });
  expect(await ids('?agent=')).toEqual(['5e7c-3', '5e7c-1']);
});

it('deletes a person from memory and history; removes the voice only if asked to', async () => {
  await store.people.keep({ id: 'p1', name: 'Mia', createdMs: 1 });
  await store.memories.keep([memory('m1'), memory('m2', { replaces: ['m1'] }), memory('m3', { name: 'Tom' })]);
  await store.history.keepTurns(
    ['Mia', 'Tom', undefined].map((person, n) => turnOf(n, { deviceId: DEVICE, person, userText: 'hello' })),
  );
  expect((await call('GET', '/history?person=MIA')).json).toMatchObject({ turns: [{ id: '5e7c-0' }] });
  expect((await call('DELETE', '/people')).status).toBe(400);
  expect((await call('DELETE', '/people?name=mia')).json).toEqual({ memories: 2, turns: 1, voice: false });
  expect(await store.people.people()).toHaveLength(1);
  expect((await store.memories.memories({})).map(({ id }) => id)).toEqual(['m3']);
  expect((await store.history.recentTurns({ limit: 9 })).map(({ id }) => id)).toEqual(['5e7c-2', '5e7c-1']);
  expect((await call('DELETE', '/people?name=Mia&voice=true')).json).toEqual({ memories: 0, turns: 0, voice: true });
  expect(await store.people.people()).toEqual([]);
  expect((await call('DELETE', '/history?person=tom')).json).toEqual({ forgotten: 1 });
  expect((await call('DELETE', '/people?name=Nobody&voice=true')).json).toMatchObject({ voice: false });
});

describe('the API of agents', () => {
  it('adds each ready-made agent once, and lists the fields for a form', async () => {
    await store.agents.changeAgent('helper', () => ({ name: 'Mine' }));
    expect((await call('POST', '/agents/examples', { language: 'zh' })).json).toMatchObject({
      agents: AGENT_EXAMPLES.zh.slice(1).map(({ id, name }) => ({ id, name })),
    });
    expect((await call('POST', '/agents/examples', { language: 'en' })).json).toEqual({ agents: [] });
    expect(await store.agents.agent('helper')).toMatchObject({ name: 'Mine' });
    const { fields } = (await call('GET', '/agents/fields')).json as { fields: Record<string, unknown>[] };
    expect(fields.find(({ name }) => name === 'memory')).toMatchObject({
      kind: 'text',
      choices: ['none', 'facts', 'summary', 'mem0'],
      title: { en: 'memory', zh: '记忆' },
    });
    expect(fields.find(({ name }) => name === 'prompt')).toMatchObject({ maxChars: 20_000 });
    expect(fields.find(({ name }) => name === 'exitWords')).toMatchObject({ kind: 'list' });
  });

  it('sets the agents to which a device may switch', async () => {
    for (const id of ['a', 'b']) await store.agents.changeAgent(id, () => ({ name: id }));
    const choose = (body: unknown): ReturnType<typeof call> => call('POST', `/devices/${DEVICE}/agent`, body);
    expect((await choose({ agent: 'a', roles: ['a', 'b', ''] })).status).toBe(204);
    expect((await call('GET', '/devices')).json).toMatchObject({ devices: [{ agentId: 'a', roles: ['b', ''] }] });
    expect((await choose({ agent: 'a', roles: ['nobody'] })).status).toBe(404);
    expect((await choose({ agent: 'b' })).status).toBe(204);
    expect(await store.find(DEVICE)).toMatchObject({ agentId: 'b', roles: ['b', ''] });
  });
});
