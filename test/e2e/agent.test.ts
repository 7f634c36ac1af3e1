import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.js';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { systemClock } from '../../src/core/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { openStore } from '../../src/platform/store/index.js';
import { reply } from '../fakes/llm-server.js';
import { ask, ScriptedServer } from './scripted-server.js';
import { ServerUnderTest } from './server.js';

async function chorus(
  dataDir: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const say = (text: string): void => void (said += text);
  const context: CliContext = {
    language: 'en',
    words: MESSAGES.en,
    env: {},
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: say,
    err: say,
  };
  const code = await runProgram([...args, '--data', dataDir], context).catch((error: unknown) =>
    reportFailure(error, context),
  );
  return { code, said };
}

describe('an agent of a device', () => {
  let scripted: ScriptedServer;
  beforeAll(async () => {
    scripted = await ScriptedServer.start({ 'llm.prompt': 'You are the one of the configuration.' });
  }, 90_000);
  afterAll(() => scripted.stop());

  it('replaces the configuration from the next connection on; turns have no transcripts', async () => {
    const { server, llm } = scripted;
    const store = await openStore({ dataDir: server.dataDir });
    const prompts = (): readonly string[] => llm.requests.map(({ body }) => JSON.stringify(body['messages']));
    const identity = server.identity();
    llm.script(reply('All right.'));
    const before = await server.raw({ identity });
    await before.reply(await ask(before));
    expect(
      await chorus(
        server.dataDir,
        'agents',
        'set',
        'pirate',
        '--name',
        'Pirate',
        '--prompt',
        'You are a pirate.',
        '--language',
        'en-GB',
        '--model',
        'parrot',
        '--voice',
        'none',
      ),
    ).toMatchObject({ code: 0, said: expect.stringMatching(/^Pirate is kept\. Give it a device/) as string });
    expect(await chorus(server.dataDir, 'agents', 'set', 'pirate', '--voice', '')).toMatchObject({ code: 0 });
    expect(await chorus(server.dataDir, 'agents', 'assign', identity.deviceId, 'nobody')).toMatchObject({
      code: 1,
      said: expect.stringContaining('there is no agent nobody') as string,
    });
    expect(await chorus(server.dataDir, 'agents', 'assign', identity.deviceId, 'pirate')).toMatchObject({
      code: 0,
      said: `On ${identity.deviceId} pirate answers, from its next connection on.\n`,
    });
    const several = ['agents', 'assign', 'pirate', '--match', `${identity.deviceId.slice(0, 8)}*`] as const;
    expect(await chorus(server.dataDir, ...several)).toEqual({
      code: 2,
      said: `${identity.deviceId}\nNothing was changed. With --yes it is done without asking.\n`,
    });
    expect(await chorus(server.dataDir, ...several, '--yes')).toEqual({
      code: 0,
      said: 'On one device pirate answers, from its next connection on.\n',
    });
    expect((await chorus(server.dataDir, 'agents', 'assign', 'kitchen', 'pirate', '--all')).code).toBe(2);
    expect(await store.agents.agents()).toEqual([
      {
        id: 'pirate',
        name: 'Pirate',
        prompt: 'You are a pirate.',
        voice: undefined,
        language: 'en-GB',
        model: 'parrot',
      },
    ]);
    expect((await chorus(server.dataDir, 'agents', 'list')).said).toMatch(
      /^AGENT +NAME +LANGUAGE +MODEL +PROMPT +DEVICES\npirate +Pirate +en-GB +parrot +You are a pirate\. +1\n$/,
    );
    await before.reply(await ask(before));
    const after = await server.raw({ identity });
    await after.reply(await ask(after));
    const other = await server.raw();
    await other.reply(await ask(other));
    expect(
      prompts().map((prompt) =>
        prompt.includes('pirate') ? 'agent' : prompt.includes('of the configuration') ? 'configuration' : 'neither',
      ),
    ).toEqual(['configuration', 'configuration', 'agent', 'configuration']);
    expect(llm.requests.map(({ body }) => body['model'])).toEqual(['scripted', 'scripted', 'parrot', 'scripted']);

    const kept = async (): Promise<number> => (await store.history.recentTurns({ limit: 10 })).length;
    await expect.poll(kept, { timeout: 20_000 }).toBe(4);
    const turns = await store.history.recentTurns({ limit: 10, deviceId: identity.deviceId });
    expect(turns).toHaveLength(3);
    expect(turns.map(({ language }) => language)).toEqual(['en-GB', 'en-US', 'en-US']);
    for (const turn of turns)
      expect(turn).toMatchObject({
        outcome: 'answered',
        userText: undefined,
        stagesMs: { endpoint: expect.any(Number) as number },
      });
    expect(
      (await chorus(server.dataDir, 'history', 'list', '--device', identity.deviceId, '--agent', 'pirate')).said,
    ).toMatch(
      new RegExp(
        `^## .* · ${identity.deviceId} · pirate\\n\\n.*User:\\*\\* \\(not kept\\) +\\n` +
          '.*Answer:\\*\\* \\(answered\\) +\\n$',
      ),
    );
    expect((await chorus(server.dataDir, 'memory', 'list')).said).toMatch(/^Nothing is remembered\./);
    expect((await chorus(server.dataDir, 'memory', 'forget')).code).toBe(1);
    await store.close();
    for (const one of server.raws) one.vanish();

    await server.running.drain('to be started again');
    const again = await ServerUnderTest.start({}, true, server.dataDir);
    const headers = { authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}` };
    const shown = (await fetch(`http://127.0.0.1:${again.running.port}/api/v1/turns?limit=3`, { headers }).then(
      (response) => response.json(),
    )) as { turns: { id: unknown; outcome: string }[]; next: number };
    expect(shown).toMatchObject({
      turns: [2, 3, 4].map((n) => ({ id: expect.stringMatching(new RegExp(`-${n}$`)) as string, outcome: 'answered' })),
      next: 0,
    });
    const { device } = (await fetch(`http://127.0.0.1:${again.running.port}/api/v1/devices/${identity.deviceId}`, {
      headers,
    }).then((response) => response.json())) as { device: unknown };
    expect(device).toMatchObject({
      agentId: 'pirate',
      talk: { turns: 3, lastOutcome: 'answered' },
      lastTurn: { outcome: 'answered', stages: { endpoint: expect.any(Number) as number } },
    });
    expect(await chorus(server.dataDir, 'agents', 'assign', identity.deviceId)).toMatchObject({
      code: 0,
      said: expect.stringContaining('says again who answers') as string,
    });
    expect(await chorus(server.dataDir, 'agents', 'rm', 'pirate')).toMatchObject({ code: 0 });
    expect((await chorus(server.dataDir, 'agents', 'list')).said).toBe(
      'There is no agent yet: the configured assistant answers on every device.\n',
    );
    const all = await chorus(server.dataDir, 'say', '*', 'Dinner is ready.', '--json');
    const sent = { deviceId: expect.any(String) as string, id: expect.any(String) as string, outcome: 'queued' };
    expect(JSON.parse(all.said)).toEqual([sent, sent]);
    expect((await chorus(server.dataDir, 'say', 'Class*', 'Hello')).code).not.toBe(0);
    await again.running.drain('test over');
  }, 90_000);
});
