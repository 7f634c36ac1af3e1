import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asCommand, http, startServer, type Harness } from '../../../test/scenarios/conformance/harness.js';
import { openStore } from '../../platform/store/index.js';

let harness: Harness | undefined;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-agents-'));
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  await rm(folder, { recursive: true, force: true });
});

it("two people who change an agent at once do not undo each other's changes", async () => {
  const store = await openStore({ dataDir: folder });
  const running = await startServer({ store, agents: store.agents });
  harness = running;
  const set = (body: Readonly<Record<string, string>>): ReturnType<typeof http> =>
    http(running, {
      method: 'POST',
      path: '/api/v1/agents/teacher',
      headers: asCommand(running),
      body: JSON.stringify(body),
    });
  await set({ name: 'Teacher' });
  const answers = await Promise.all(
    [{ prompt: 'You are patient.' }, { voice: 'en-GB-SoniaNeural' }, { language: 'en-GB' }, { model: 'qwen' }].map(set),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await store.agents.agent('teacher')).toEqual({
    id: 'teacher',
    name: 'Teacher',
    prompt: 'You are patient.',
    voice: 'en-GB-SoniaNeural',
    language: 'en-GB',
    model: 'qwen',
  });
});

it('reports the removal of an agent only once', async () => {
  const store = await openStore({ dataDir: folder });
  const removed: string[] = [];
  const running = await startServer({
    store,
    agents: store.agents,
    admin: { onAgentRemoved: (agentId) => removed.push(agentId) },
  });
  harness = running;
  await store.agents.changeAgent('teacher', () => ({ name: 'Teacher' }));
  const remove = (id: string): ReturnType<typeof http> =>
    http(running, { method: 'DELETE', path: `/api/v1/agents/${id}`, headers: asCommand(running) });
  expect((await remove('teacher')).status).toBeLessThan(300);
  expect((await remove('teacher')).status).toBe(404);
  expect(removed).toEqual(['teacher']);
});
