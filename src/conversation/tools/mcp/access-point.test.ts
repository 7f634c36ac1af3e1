import { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CountingMetrics } from '../../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { Cancelled, noMetrics, Scope, silentLogger } from '../../../core/index.js';
import { eventually } from '../../../plugin/testing/suite.js';
import { AccessPoint } from './access-point.js';
import { McpServers } from './servers.js';
import { readServerFile } from './settings.js';
import { McpTokens } from './tokens.js';

type Message = { readonly id?: number; readonly method?: string; readonly params?: { readonly name?: string } };

const live = (): AbortSignal => new AbortController().signal;
let http: Server;
let scope: Scope;
let clock: FakeClock;
let point: AccessPoint;
let tokens: McpTokens;
let kept: string | undefined;
let questions: number;
let port: number;
let metrics: CountingMetrics;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  scope = new Scope('test', () => undefined);
  clock = new FakeClock();
  kept = undefined;
  questions = 0;
  metrics = new CountingMetrics();
  const store = {
    findSecret: () => {
      questions += 1;
      return Promise.resolve(kept);
    },
    replaceSecret: (_: string, value: string) => {
      kept = value;
      return Promise.resolve();
    },
  };
  tokens = new McpTokens(store, clock);
  point = new AccessPoint({ tokens, scope, clock, version: '1', log: silentLogger, metrics });
  http = createServer();
  http.on('upgrade', (request, socket, head) => {
    if (point.takes(request)) point.upgrade(request, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ({ port } = http.address() as AddressInfo);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  point.close();
  await scope.close();
  await new Promise((resolve) => http.close(resolve));
});

function answerTo({ id, method, params }: Message, tools: readonly string[], who: string): readonly unknown[] {
  const server = {
    protocolVersion: '2024-11-05',
    capabilities: { tools: {} },
    serverInfo: { name: who, version: '1' },
  };
  switch (method) {
    case 'initialize':
      return [{ jsonrpc: '2.0', id, result: server }];
    case 'notifications/initialized':
      return [{ jsonrpc: '2.0', result: server }];
    case 'tools/list':
      return [
        { jsonrpc: '2.0', id, result: { tools: tools.map((name) => ({ name, inputSchema: { type: 'object' } })) } },
      ];
    case 'tools/call':
      return [{ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: `${who}: ${params?.name}` }] } }];
    default:
      return [];
  }
}

/** Connects like a real bridge, which forwards each line that its child process prints. */
function bridge(path: string, tools: readonly string[], who = 'a', noise: readonly string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  sockets.push(socket);
  const seen: Message[] = [];
  let status: number | undefined;
  let closed: number | undefined;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as Message;
    seen.push(message);
    for (const line of noise) socket.send(line);
    for (const answer of answerTo(message, tools, who)) socket.send(JSON.stringify(answer));
  });
  socket.on('unexpected-response', (_, response) => (status = response.statusCode));
  socket.on('error', () => undefined);
  socket.on('close', (code) => (closed = code));
  return { socket, seen, status: () => status, closed: () => closed };
}

/** Connects a server of the SDK. Its only tool ends when the test answers or the call is cancelled. */
async function sdkBridge(path: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  sockets.push(socket);
  const calls = new Map<unknown, { readonly signal: AbortSignal; readonly answer: (text: string) => void }>();
  const server = new McpServer({ name: 'sdk', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: 'slow', inputSchema: { type: 'object', properties: { who: { type: 'string' } } } }],
  }));
  server.setRequestHandler(
    CallToolRequestSchema,
    ({ params }, { signal }) =>
      new Promise((resolve) => {
        const answer = (text: string): void => resolve({ content: [{ type: 'text', text }] });
        calls.set(params.arguments?.['who'], { signal, answer });
      }),
  );
  const transport: Transport = {
    start: () => Promise.resolve(),
    send: (message) => Promise.resolve(socket.send(JSON.stringify(message))),
    close: () => Promise.resolve(socket.close()),
  };
  socket.on('message', (data: Buffer) => transport.onmessage?.(JSON.parse(data.toString('utf8'))));
  await server.connect(transport);
  return calls;
}

const names = (agent?: string): readonly string[] =>
  point
    .for(() => agent)
    .list()
    .map(({ name }) => name);
const call = async (name: string): Promise<string> => (await point.for(() => undefined).call(name, {}, live())).text;

describe('the MCP access point', () => {
  it.each(['/mcp/', '/mcp', '/mcp_endpoint/mcp/'])(
    'accepts a bridge at %s, and sends the first message',
    async (path) => {
      const { token } = await tokens.create(undefined);
      const { seen } = bridge(`${path}?token=${token}`, ['add']);
      await eventually(() => names().includes('add'));
      expect(seen.map(({ id, method }) => [id, method])).toEqual([
        [1, 'initialize'],
        [undefined, 'notifications/initialized'],
        [2, 'tools/list'],
      ]);
      expect(await call('add')).toBe('a: add');
    },
  );

  it("offers the tools of all bridges with a token to the token's agent, and ignores invalid lines", async () => {
    const { token } = await tokens.create('pirate');
    const noise = [
      'Starting...',
      '{"broken',
      '[]',
      '7',
      '{"jsonrpc":"2.0","id":999,"result":{}}',
      '{"id":"x","error":1}',
    ];
    const path = `/mcp/?token=${token}`;
    bridge(path, ['add', 'same'], 'first', noise);
    await eventually(() => names('pirate').includes('same'));
    const second = bridge(path, ['same', 'divide'], 'second');
    await eventually(() => names('pirate').includes('divide'));
    expect([names('pirate'), names(), names('cook')]).toEqual([['add', 'same', 'second_same', 'divide'], [], []]);
    const called = async (name: string) => (await point.for(() => 'pirate').call(name, {}, live())).text;
    expect([await called('add'), await called('same')]).toEqual(['first: add', 'first: same']);
    expect(await called('second_same')).toBe('second: same');
    expect(metrics.gauges['chorus_mcp_bridges']).toBe(2);
    second.socket.terminate();
    await eventually(() => !names('pirate').includes('divide'));
    expect(await called('same')).toBe('first: same');
  });

  it('names tools independently of the order of connections, and recognises a server that returns', async () => {
    const { token } = await tokens.create(undefined);
    const path = `/mcp/?token=${token}`;
    bridge(path, ['search'], 'web');
    await eventually(() => names().length === 1);
    expect([names(), await call('search')]).toEqual([['search'], 'web: search']);
    bridge(path, ['search', 'web_search'], 'our files');
    await eventually(() => names().length === 3);
    expect(names()).toEqual(['search', 'web_search', 'web_search_2']);
    expect(await Promise.all(names().map(call))).toEqual(['our files: search', 'our files: web_search', 'web: search']);
    const again = bridge(path, ['search'], 'web');
    await eventually(() => point.states.length === 3 && point.states.every((state) => state.tools.length > 0));
    expect(names()).toEqual(['search', 'web_search', 'web_search_2']);
    again.seen.length = 0;
    await call('web_search_2');
    expect(again.seen.map(({ method }) => method)).toEqual(['tools/call']);
  });

  it('accepts only valid tokens that were not revoked, and stores no token in clear', async () => {
    const { entry, token } = await tokens.create(undefined);
    expect(kept).not.toContain(token);
    for (const wrong of ['', '?token=', '?token=x', `?token=${token}x`, `?token=${'x'.repeat(600)}`]) {
      const refused = bridge(`/mcp/${wrong}`, []);
      await eventually(() => refused.status() !== undefined);
      expect(refused.status()).toBe(401);
    }
    const open = bridge(`/mcp/?token=${token}`, ['add']);
    await eventually(() => names().includes('add'));
    expect(await tokens.revoke(entry.id)).toBe(true);
    point.disconnect(entry.id);
    await eventually(() => open.closed() !== undefined);
    expect([open.closed(), names(), await tokens.revoke(entry.id)]).toEqual([1008, [], false]);
  });

  it('disconnects bridges whose token another server on the same database has revoked', async () => {
    scope.fork('revoked tokens', (signal) => point.run(signal));
    const [revoked, valid] = [await tokens.create(undefined), await tokens.create(undefined)];
    const open = bridge(`/mcp/?token=${revoked.token}`, ['add'], 'a');
    bridge(`/mcp/?token=${valid.token}`, ['divide'], 'b');
    await eventually(() => names().length === 2);
    const readable = kept;
    kept = 'unreadable';
    await clock.advance(15_000);
    expect(names()).toEqual(['add', 'divide']);
    kept = JSON.stringify((JSON.parse(readable!) as { id: string }[]).filter(({ id }) => id === valid.entry.id));
    await clock.advance(15_000);
    await eventually(() => names().length === 1 && open.closed() !== undefined);
    expect([open.closed(), names()]).toEqual([1008, ['divide']]);
  });

  it('queries the database for tokens at most once in five seconds, and at once after a change', async () => {
    const { token } = await tokens.create(undefined);
    const before = questions;
    for (let times = 0; times < 100; times++) expect(await tokens.check('wrong')).toBeUndefined();
    expect(questions - before).toBe(1);
    expect(await tokens.check(token)).toBeDefined();
    const { token: next } = await tokens.create(undefined);
    expect(await tokens.check(next)).toBeDefined();
    kept = '[]';
    await clock.advance(5000);
    expect(await tokens.check(next)).toBeUndefined();
  });

  it('cancels a call at the server without ending the call of another device', async () => {
    const { token } = await tokens.create(undefined);
    const calls = await sdkBridge(`/mcp/?token=${token}`);
    await eventually(() => names().includes('slow'));
    const stop = new AbortController();
    const call = (who: string, signal: AbortSignal) => point.for(() => undefined).call('slow', { who }, signal);
    const kitchen = call('kitchen', live());
    const bedroom = call('bedroom', stop.signal).catch(String);
    await eventually(() => calls.size === 2);
    stop.abort(new Cancelled('the user said stop'));
    await bedroom;
    await eventually(() => [...calls.values()].some(({ signal }) => signal.aborted));
    expect([calls.get('kitchen')?.signal.aborted, calls.get('bedroom')?.signal.aborted]).toEqual([false, true]);
    calls.get('kitchen')?.answer('done');
    expect((await kitchen).text).toBe('done');
  });

  it('does not parse messages that would take long to parse', async () => {
    const { token } = await tokens.create(undefined);
    const { socket } = bridge(`/mcp/?token=${token}`, ['add']);
    await eventually(() => names().includes('add'));
    const nested = `${'['.repeat(150_000)}${']'.repeat(150_000)}`;
    const result = call('add').then(String, String);
    socket.removeAllListeners('message');
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString('utf8')) as Message;
      socket.send(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"x":${nested}}}`);
      socket.send(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"the second"}]}}`);
    });
    expect(await result).toBe('the second');
  });

  it('limits the connections per token, messages, bytes and silence', async () => {
    const { token } = await tokens.create(undefined);
    const path = `/mcp/?token=${token}`;
    for (let count = 0; count < 16; count++) bridge(path, [`tool_${count}`]);
    await eventually(() => names().length === 16);
    const refused = bridge(path, []);
    await eventually(() => refused.status() === 429);
    const flooding = sockets[0]!;
    let closed = 0;
    flooding.on('close', (code) => (closed = code));
    for (let count = 0; count < 300; count++) flooding.send('x');
    await eventually(() => closed !== 0);
    expect(closed).toBe(1008);
    await eventually(() => names().length === 15);
    sockets[1]!.pause();
    await clock.advance(60_000);
    await eventually(() => names().length === 14);
  });

  it('does not accept a device that uses one of these paths', () => {
    const asks = (url: string, headers = {}) => point.takes({ url, headers } as never);
    expect([asks('/mcp/?token=x'), asks('/mcp/', { 'device-id': 'a' }), asks('/xiaozhi/v1/')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a server that uses the robot side of an access point', () => {
  it('connects like known robots, and can use the tools of the access point', async () => {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => wss.once('listening', resolve));
    const seen: Message[] = [];
    let path: string | undefined;
    wss.on('connection', (socket, { url }) => {
      path = url;
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as Message;
        seen.push(message);
        for (const answer of answerTo(message, ['add'], 'broker')) socket.send(JSON.stringify(answer));
      });
    });
    const url = `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/mcp_endpoint/mcp/?token=t`;
    const all = new McpServers({ scope, clock, metrics: noMetrics, log: silentLogger, version: '1' });
    all.apply(readServerFile(JSON.stringify({ mcpServers: { home: { url } } })));
    await all.tried();
    expect(all.states[0]).toMatchObject({ state: 'ready' });
    expect((await all.for(() => undefined).call('home_add', {}, live())).text).toBe('broker: add');
    expect([path, seen.map(({ id }) => id)]).toEqual(['/mcp_endpoint/call/?token=t', [1, undefined, 2, 3]]);
    await scope.close();
    await new Promise((resolve) => wss.close(resolve));
  });
});
