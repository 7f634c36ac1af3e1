import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import { AccessPoint, McpTokens } from '../../src/conversation/tools/index.js';
import { eventually, live } from '../../src/plugin/testing/suite.js';

const program = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist/index.js');
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function scopeOf(name: string): Scope {
  const scope = new Scope(name, () => undefined);
  ends.push(() => scope.close());
  return scope;
}

/**
 * A bridge as many people use it: for each server, it connects one socket with the input and output of one child
 * process.
 */
function pipe(url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const socket = new WebSocket(url);
  socket.on('message', (data: Buffer) => child.stdin.write(`${data.toString('utf8')}\n`));
  socket.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => socket.send(line));
  ends.push(() => {
    socket.terminate();
    child.kill('SIGKILL');
  });
  return child;
}

it('a bridge with one socket per server and one common token offers all tools of all servers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-bridge-'));
  ends.push(() => rm(folder, { recursive: true }));
  let kept: string | undefined;
  const store = {
    findSecret: () => Promise.resolve(kept),
    replaceSecret: (_: string, value: string) => {
      kept = value;
      return Promise.resolve();
    },
  };
  const tokens = new McpTokens(store, systemClock);
  const common = { clock: systemClock, version: '1', log: silentLogger, metrics: noMetrics };
  const point = new AccessPoint({ tokens, scope: scopeOf('point'), ...common });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => point.upgrade(request, socket, head));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ends.push(() => http.close());
  const { token } = await tokens.create(undefined);
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mcp/?token=${token}`;
  pipe(url, [program('server-everything')]);
  pipe(url, [program('server-memory')], { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') });
  pipe(url, [program('server-filesystem'), folder]);
  const source = point.for(() => undefined);
  const names = (): readonly string[] => source.list().map(({ name }) => name);
  await eventually(() => ['echo', 'read_graph', 'list_directory'].every((name) => names().includes(name)));
  expect(new Set(names()).size).toBe(names().length);
  const call = async (name: string, input: Record<string, unknown>): Promise<string> =>
    (await source.call(name, input, live())).text;
  expect(await call('echo', { message: 'hello' })).toContain('hello');
  await call('create_entities', { entities: [{ name: 'Mia', entityType: 'child', observations: ['is six'] }] });
  expect(await call('read_graph', {})).toContain('is six');
  expect(await call('list_directory', { path: folder })).toContain('memory.jsonl');
});
