import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import { McpServers } from '../../src/conversation/tools/index.js';
import { readServerFile } from '../../src/conversation/tools/mcp/settings.js';
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

/** Starts the reference server in its own process, listening on a port. */
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
  it('start by command, list all their features and answer', async () => {
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
  ])('are reached by %s at %s, and again after a kill', async (transport, path) => {
    const port = await freePort();
    const child = await everythingOn(port, transport);
    // The file does not name the transport, so Chorus detects it.
    const { all, call } = await world({ everything: { url: `http://127.0.0.1:${port}${path}`, type: 'http' } });
    expect(all.states[0]).toMatchObject({ state: 'ready', error: undefined });
    const table = callsOf(String, '').filter(([name]) => name.startsWith('everything_'));
    const offered = all.for(() => undefined).list();
    expect(offered.map(({ name }) => name).toSorted()).toEqual(table.map(([name]) => name).toSorted());
    for (const [name, input, words] of table) expect(`${name}: ${await call(name, input)}`).toMatch(words);
    child.kill('SIGKILL');
    await eventually(() => all.states[0]?.state === 'failed');
    await everythingOn(port, transport);
    await eventually(() => all.states[0]?.state === 'ready');
    expect(await call('everything_echo', { message: 'again' })).toContain('again');
  });

  it('are restarted after a kill, and ready within five seconds', async () => {
    const { all, call } = await world({ everything: { command: process.execPath, args: [EVERYTHING] } });
    const before = await childRunning(EVERYTHING);
    process.kill(before, 'SIGKILL');
    const killedMs = systemClock.nowMs();
    await eventually(() => all.states[0]?.state === 'failed');
    await eventually(() => all.states[0]?.state === 'ready');
    // The requirements of the project set this limit.
    expect(systemClock.nowMs() - killedMs).toBeLessThan(5000);
    expect(await childRunning(EVERYTHING)).not.toBe(before);
    expect(await call('everything_echo', { message: 'again' })).toContain('again');
  });

  it('have no tool that is not listed and called here', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-mcp-'));
    ends.push(() => rm(folder, { recursive: true }));
    const at = (name: string): string => join(folder, name);
    await writeFile(at('a.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
    const { all, call } = await world({
      everything: { command: process.execPath, args: [EVERYTHING] },
      memory: {
        command: process.execPath,
        args: [program('server-memory')],
        env: { MEMORY_FILE_PATH: at('memory.jsonl') },
      },
      files: { command: process.execPath, args: [program('server-filesystem'), folder] },
    });
    const table = callsOf(at, folder);
    const offered = all.for(() => undefined).list();
    expect(offered.map(({ name }) => name).toSorted()).toEqual(table.map(([name]) => name).toSorted());
    for (const [name, input, words] of table) expect(`${name}: ${await call(name, input)}`).toMatch(words);
  });
});

/** Finds the id of the child process that was started with this argument. */
async function childRunning(argument: string): Promise<number> {
  for (const task of await readdir('/proc/self/task')) {
    const children = await readFile(`/proc/self/task/${task}/children`, 'utf8');
    for (const pid of children.split(' ').filter((one) => one !== ''))
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(argument)) return Number(pid);
  }
  throw new Error('there is no such process');
}

/**
 * One call of each tool of the reference servers, and words that its answer must contain. Every call succeeds if they
 * are made in this order.
 */
function callsOf(at: (name: string) => string, folder: string): (readonly [string, Record<string, unknown>, RegExp])[] {
  const mia = { name: 'Mia', entityType: 'child', observations: ['is six'] };
  const relation = { from: 'Mia', to: 'Mia', relationType: 'knows' };
  return [
    ['everything_echo', { message: 'hello' }, /hello/],
    ['everything_get-annotated-message', { messageType: 'success' }, /success/i],
    ['everything_get-env', {}, /PATH/],
    ['everything_get-resource-links', { count: 2 }, /a link: /],
    ['everything_get-resource-reference', { resourceType: 'Text', resourceId: 1 }, /resource/i],
    ['everything_get-structured-content', { location: 'Chicago' }, /temperature/],
    ['everything_get-sum', { a: 2, b: 3 }, /5/],
    ['everything_get-tiny-image', {}, /an image/],
    ['everything_gzip-file-as-resource', { name: 'a.gz', data: 'data:text/plain,hello' }, /a link: /],
    ['everything_toggle-simulated-logging', {}, /logging/i],
    ['everything_toggle-subscriber-updates', {}, /updat/i],
    ['everything_trigger-long-running-operation', { duration: 0.1, steps: 1 }, /completed/i],
    ['memory_create_entities', { entities: [mia] }, /Mia/],
    ['memory_create_relations', { relations: [relation] }, /knows/],
    ['memory_add_observations', { observations: [{ entityName: 'Mia', contents: ['likes trains'] }] }, /trains/],
    ['memory_read_graph', {}, /is six/],
    ['memory_search_nodes', { query: 'trains' }, /Mia/],
    ['memory_open_nodes', { names: ['Mia'] }, /trains/],
    ['memory_delete_observations', { deletions: [{ entityName: 'Mia', observations: ['is six'] }] }, /deleted/i],
    ['memory_delete_relations', { relations: [relation] }, /deleted/i],
    ['memory_delete_entities', { entityNames: ['Mia'] }, /deleted/i],
    ['files_create_directory', { path: at('sub') }, /created/i],
    ['files_write_file', { path: at('a.txt'), content: 'one\ntwo' }, /wrote/i],
    ['files_edit_file', { path: at('a.txt'), edits: [{ oldText: 'two', newText: 'three' }] }, /three/],
    ['files_read_file', { path: at('a.txt') }, /three/],
    ['files_read_text_file', { path: at('a.txt'), head: 1 }, /one/],
    ['files_read_media_file', { path: at('a.png') }, /an image/],
    ['files_read_multiple_files', { paths: [at('a.txt')] }, /three/],
    ['files_list_directory', { path: folder }, /a\.txt/],
    ['files_list_directory_with_sizes', { path: folder }, /a\.txt/],
    ['files_directory_tree', { path: folder }, /a\.txt/],
    ['files_search_files', { path: folder, pattern: '*.txt' }, /a\.txt/],
    ['files_get_file_info', { path: at('a.txt') }, /size/],
    ['files_move_file', { source: at('a.txt'), destination: at('b.txt') }, /moved/i],
    ['files_list_allowed_directories', {}, /chorus-mcp-/],
  ];
}
