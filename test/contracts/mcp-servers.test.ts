import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import { McpServers, readServerFile } from '../../src/conversation/tools/index.js';
import { eventually, live } from '../../src/plugin/testing/suite.js';
import { freePort } from '../fakes/free-port.js';

const program = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist/index.js');
const EVERYTHING = program('server-everything');

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function world(mcpServers: unknown) {
  const scope = new Scope('test', () => undefined);
  ends.push(() => scope.close());
  const all = new McpServers({ scope, clock: systemClock, metrics: noMetrics, log: silentLogger, version: '1' });
  all.apply(readServerFile(JSON.stringify({ mcpServers })));
  await all.tried();
  const call = async (name: string, input = {}): Promise<string> =>
    (await all.for(() => undefined).call(name, input, live())).text;
  return { all, call };
}

/** The reference server on a port, as a process of its own. */
async function everythingOn(port: number, transport: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [EVERYTHING, transport], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  ends.push(() => child.kill('SIGKILL'));
  await new Promise<void>((resolve) =>
    child.stderr.on('data', (chunk) => /port|listening/i.test(String(chunk)) && resolve()),
  );
  return child;
}

describe('reference servers', () => {
  it('start by command, list everything and answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-mcp-'));
    ends.push(() => rm(folder, { recursive: true }));
    const { all, call } = await world({
      everything: { command: process.execPath, args: [EVERYTHING] },
      memory: {
        command: process.execPath,
        args: [program('server-memory')],
        env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
      },
      files: { command: process.execPath, args: [program('server-filesystem'), folder] },
    });
    expect(all.states.map(({ name, state, error }) => ({ name, state, error }))).toEqual(
      ['everything', 'memory', 'files'].map((name) => ({ name, state: 'ready', error: undefined })),
    );
    for (const { tools } of all.states) expect(tools.length).toBeGreaterThan(7);
    expect(await call('everything_echo', { message: 'hello' })).toContain('hello');
    expect(await call('everything_get-sum', { a: '2', b: 3 })).toContain('5');
    const entities = [{ name: 'Mia', entityType: 'child', observations: ['is six'] }];
    await call('memory_create_entities', { entities });
    expect(await call('memory_read_graph')).toContain('is six');
    await call('files_write_file', { path: join(folder, 'a.txt'), content: 'written' });
    expect(await call('files_read_text_file', { path: join(folder, 'a.txt') })).toContain('written');
    await expect(call('files_read_text_file', { path: '/etc/passwd' })).rejects.toMatchObject({ code: 'tool.failed' });
    const asking = all
      .for(() => undefined)
      .list()
      .flatMap(({ name, confirm }) => (confirm ? [name] : []));
    expect(asking).toContain('files_write_file');
    expect(asking).not.toContain('files_read_text_file');
  });

  it.each([
    ['streamableHttp', '/mcp'],
    ['sse', '/sse'],
  ])('are reached by %s at %s, and are back when they were killed', async (transport, path) => {
    const port = await freePort();
    const child = await everythingOn(port, transport);
    // The file does not name the transport, so the server finds it out.
    const { all, call } = await world({ everything: { url: `http://127.0.0.1:${port}${path}`, type: 'http' } });
    expect(all.states[0]).toMatchObject({ state: 'ready', error: undefined });
    expect(await call('everything_echo', { message: 'hello' })).toContain('hello');
    child.kill('SIGKILL');
    await eventually(() => all.states[0]?.state === 'failed');
    await everythingOn(port, transport);
    await eventually(() => all.states[0]?.state === 'ready');
    expect(await call('everything_echo', { message: 'again' })).toContain('again');
  });
});
