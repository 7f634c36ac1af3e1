import { kill } from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { phrase } from '../../src/conversation/session/phrases.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { SHORT } from './scripted-server.js';
import { ServerUnderTest } from './server.js';
import { spoken, utterance } from './transcripts.js';

/** The port is open from the beginning, so a device can connect while the server is still starting. */
describe('an early device', () => {
  let server: ServerUnderTest;
  afterEach(() => server.stop());

  const readyz = async (): Promise<{ status: number; starting: readonly string[] }> => {
    const response = await fetch(`http://127.0.0.1:${server.running.port}/readyz`);
    const { details } = (await response.json()) as { details: { starting: readonly string[] } };
    return { status: response.status, starting: details.starting };
  };

  it('gets its hello at once; its speech before the engines are ready is recognised from the first word', async () => {
    const llm = await FakeLlmServer.start();
    llm.script(SHORT);
    server = await ServerUnderTest.start({ 'llm.base_url': llm.baseUrl, 'llm.model': 'scripted' }, false);
    const held = ['listening', 'speaking', 'asr'].map((name) => server.engine(name));
    for (const { pid, state } of held) {
      expect(state).toBe('starting');
      kill(pid, 'SIGSTOP');
    }
    const device = await server.raw();
    expect(await readyz()).toMatchObject({ status: 503, starting: ['listening', 'speaking', 'asr', 'recognition'] });
    device.start('manual');
    device.burst(spoken('austen-0880').packets);
    device.stop();
    expect(held.map(({ pid }) => server.running.status().engines.find((engine) => engine.pid === pid)?.state)).toEqual([
      'starting',
      'starting',
      'starting',
    ]);
    for (const { pid } of held) kill(pid, 'SIGCONT');
    await device.reply(0, 40_000);
    expect(device.heard(0)[0]).toMatch(/young man/i);
    expect(device.packets(0).length).toBeGreaterThan(5);
    expect(device.violations()).toEqual([]);
    await server.running.ready;
    await expect.poll(readyz).toEqual({ status: 200, starting: [] });
    await llm.close();
  }, 90_000);

  it('is recognised after a short pause if the listening process died repeatedly, without a message', async () => {
    const llm = await FakeLlmServer.start();
    llm.script(SHORT);
    server = await ServerUnderTest.start({ 'llm.base_url': llm.baseUrl, 'llm.model': 'scripted' });
    // After three deaths in a minute, the server waits before it starts the process again.
    for (let deaths = 1; deaths <= 3; deaths++) {
      await expect
        .poll(() => server.running.status().engines.find(({ name }) => name === 'listening')?.state, {
          timeout: 20_000,
        })
        .toBe('ready');
      kill(server.engine('listening').pid, 'SIGKILL');
      await expect
        .poll(() => server.running.status().engines.find(({ name }) => name === 'listening')?.restarts, {
          timeout: 20_000,
        })
        .toBe(deaths);
    }
    expect(await readyz()).toMatchObject({ status: 503 });
    const device = await server.raw();
    device.start('auto');
    device.burst(utterance('austen-0880'));
    await device.reply(0);
    expect(device.heard(0)[0]).toMatch(/young man/i);
    expect(device.sentences(0)).not.toContain(phrase('en-US', 'internal'));
    expect(device.packets(0).length).toBeGreaterThan(5);
    expect(device.count('tts', 'start')).toBe(1);
    expect(device.count('tts', 'stop')).toBe(1);
    await llm.close();
  }, 90_000);
});
