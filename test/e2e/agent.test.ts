import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocalToken } from '../../src/server/index.js';
import { openStore } from '../../src/store/index.js';
import { reply } from '../fakes/llm-server.js';
import { ask, ScriptedServer } from './scripted-server.js';
import { ServerUnderTest } from './server.js';

describe('an agent of a device', () => {
  let scripted: ScriptedServer;
  beforeAll(async () => {
    scripted = await ScriptedServer.start({ 'llm.prompt': 'You are the one of the configuration.' });
  }, 90_000);
  afterAll(() => scripted.stop());

  it('answers there in place of the configuration, from the next connection on; turns are kept without what was said', async () => {
    const { server, llm } = scripted;
    const store = await openStore({ dataDir: server.dataDir });
    const prompts = (): readonly string[] => llm.requests.map(({ body }) => JSON.stringify(body['messages']));
    const identity = server.identity();
    llm.script(reply('All right.'));
    const before = await server.raw({ identity });
    await before.reply(await ask(before));
    await store.agents.putAgent({ id: 'pirate', name: 'Pirate', prompt: 'You are a pirate.', voice: undefined, language: undefined, llm: undefined });
    await store.assignAgent(identity.deviceId, 'pirate');
    await before.reply(await ask(before));
    const after = await server.raw({ identity });
    await after.reply(await ask(after));
    const other = await server.raw();
    await other.reply(await ask(other));
    expect(prompts().map((prompt) => (prompt.includes('pirate') ? 'agent' : prompt.includes('of the configuration') ? 'configuration' : 'neither'))).toEqual(['configuration', 'configuration', 'agent', 'configuration']);

    const kept = async (): Promise<number> => (await store.history.recentTurns({ limit: 10 })).length;
    await expect.poll(kept, { timeout: 20_000 }).toBe(4);
    const turns = await store.history.recentTurns({ limit: 10, deviceId: identity.deviceId });
    expect(turns).toHaveLength(3);
    for (const turn of turns) expect(turn).toMatchObject({ outcome: 'answered', language: 'en-US', userText: undefined, stagesMs: { endpoint: expect.any(Number) as number } });
    await store.close();
    for (const one of server.raws) one.vanish();

    await server.running.drain('to be started again');
    const again = await ServerUnderTest.start({}, true, server.dataDir);
    const headers = { authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}` };
    const shown = (await fetch(`http://127.0.0.1:${again.running.port}/api/v1/turns?limit=3`, { headers }).then((response) => response.json())) as { turns: { id: unknown; outcome: string }[]; next: number };
    expect(shown).toMatchObject({ turns: [2, 3, 4].map((n) => ({ id: expect.stringMatching(new RegExp(`-${n}$`)) as string, outcome: 'answered' })), next: 0 });
    await again.running.drain('test over');
  }, 90_000);
});
