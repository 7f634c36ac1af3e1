import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { Scope, silentLogger } from '../../../core/index.js';
import { eventually } from '../../../plugin/testing/suite.js';
import { McpServers } from './servers.js';
import { readServerFile, type McpServerSettings } from './settings.js';

const FILE = fileURLToPath(new URL('../../../../test/fakes/odd-mcp-server.mjs', import.meta.url));
const live = (): AbortSignal => new AbortController().signal;

function settings(mode: string, more: Readonly<Record<string, unknown>> = {}): McpServerSettings {
  const entry = { command: process.execPath, args: [FILE, mode], ...more };
  return readServerFile(JSON.stringify({ mcpServers: { odd: entry } })).servers[0]!;
}

const open: Scope[] = [];
afterEach(() => Promise.all(open.splice(0).map((scope) => scope.close())));

function world(...servers: readonly McpServerSettings[]) {
  const scope = new Scope('test', (_, error) => {
    throw error;
  });
  open.push(scope);
  const clock = new FakeClock();
  const metrics = new CountingMetrics();
  const all = new McpServers({ scope, clock, metrics, log: silentLogger, version: '1' });
  all.apply({ servers, mistakes: [] });
  const source = all.for(() => undefined);
  const call = async (name: string, input = {}): Promise<string> =>
    source.call(`odd_${name}`, input, live()).then(
      ({ text }) => text,
      (error: Error) => `failed: ${error.message}`,
    );
  return { all, source, clock, call, metrics, state: () => all.states[0]! };
}

describe('an MCP server', () => {
  it('offers the tools of all pages of its list, with its name as a prefix', async () => {
    const { all, source, state } = world(settings('', { tools: ['set_*', 'erase', 'look'] }));
    await all.tried();
    expect(source.list().map(({ name, confirm, finishes }) => ({ name, confirm, finishes }))).toEqual([
      { name: 'odd_set_volume', confirm: false, finishes: true },
      { name: 'odd_erase', confirm: true, finishes: true },
      { name: 'odd_look', confirm: false, finishes: false },
    ]);
    expect(state()).toMatchObject({ name: 'odd', state: 'ready', restarts: 0 });
  });

  it('works although its output contains invalid lines', async () => {
    const { all, call, metrics } = world(settings('garbage'));
    await all.tried();
    expect(metrics.gauges['chorus_mcp_servers ready']).toBe(1);
    expect(await call('set_volume', { volume: '30' })).toBe('{"volume":30}');
    expect(await call('fail')).toContain('out of paper');
    expect(metrics.of('chorus_mcp_calls_total')).toEqual({ answered: 1, failed: 1 });
  });

  it.each([
    ['stall', 'did not answer in time'],
    ['circle', 'goes round in circles'],
    ['refuse', 'the key *** is wrong'],
  ])('fails with a reason, is tried again, and has no other effect: %s', async (mode, reason) => {
    const { all, clock, call, state } = world(settings(mode, { env: { KEY: 'hunter2-secret' } }));
    const tried = all.tried();
    if (mode === 'stall') {
      await eventually(() => clock.pending > 0);
      await clock.advance(30_000);
    }
    await tried;
    expect(state().error?.message).toContain(reason);
    expect(await call('set_volume')).toMatch(/^failed: there is no tool/);
  });

  it.each(['die', 'enormous'])('is restarted at once if it exits: %s', async (end) => {
    const { all, clock, call, state } = world(settings(''));
    await all.tried();
    expect(await call(end)).toMatch(/^failed: /);
    await eventually(() => state().state === 'failed');
    await clock.advance(500);
    await eventually(() => state().state === 'ready');
    expect(state().restarts).toBe(1);
    expect(await call('set_volume', { volume: 30 })).toBe('{"volume":30}');
  });

  it('gets its own secrets but no others, and these are revealed to nobody', async () => {
    process.env['CHORUS_TEST_SECRET'] = 'sk-of-the-server';
    const { all, call, state } = world(settings('', { env: { KEY: 'hunter2-secret' } }));
    await all.tried();
    const { env } = JSON.parse(await call('environment')) as { env: Record<string, string> };
    delete process.env['CHORUS_TEST_SECRET'];
    expect(env).toMatchObject({ KEY: '***', PATH: expect.any(String) });
    expect(env['CHORUS_TEST_SECRET']).toBeUndefined();
    expect(JSON.stringify(state())).not.toContain('hunter2');
  });

  it('may answer the user directly, without revealing its secrets', async () => {
    const { all } = world(settings('', { env: { KEY: 'hunter2-secret' } }));
    await all.tried();
    const answer = await all.for(() => undefined).call('odd_speak', {}, live());
    expect(answer).toEqual({ text: 'It is ***.', say: 'It is ***.' });
  });

  it('runs as one process for fifty devices', async () => {
    const { all } = world(settings(''));
    await all.tried();
    const pids = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { text } = await all.for(() => undefined).call('odd_environment', {}, live());
        return (JSON.parse(text) as { pid: number }).pid;
      }),
    );
    expect(new Set(pids).size).toBe(1);
  });

  it('starts and stops with its entry in the file; without a change it keeps running', async () => {
    const kept = { ...settings(''), name: 'kept' };
    const { all } = world(kept, settings(''));
    await all.tried();
    const pid = async (): Promise<string> => (await all.for(() => undefined).call('kept_environment', {}, live())).text;
    const before = (JSON.parse(await pid()) as { pid: number }).pid;
    all.apply({ servers: [kept, { ...settings(''), name: 'new', agents: ['pirate'] }], mistakes: [] });
    await all.tried();
    const names = (agent?: string) => [
      ...new Set(
        all
          .for(() => agent)
          .list()
          .map(({ name }) => name.split('_')[0]),
      ),
    ];
    expect([names(), names('pirate'), names('cook')]).toEqual([['kept'], ['kept', 'new'], ['kept']]);
    expect((JSON.parse(await pid()) as { pid: number }).pid).toBe(before);
  });
});
