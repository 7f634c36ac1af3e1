import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { CountingMetrics } from '../../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { ChorusError, noMetrics, Scope, silentLogger, type Logger } from '../../../core/index.js';
import { eventually } from '../../../plugin/testing/suite.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';
import { AccessPoint } from './access-point.js';
import { delayMs } from './offer.js';
import { ToolOffers } from './offers.js';
import { readServerFile } from './settings.js';
import { McpTokens } from './tokens.js';

type Message = Readonly<Record<string, unknown>> & { readonly id?: unknown; readonly result?: Record<string, unknown> };

const TOKEN = 'a-token-that-nobody-may-see';
const tool = (name: string, more: Partial<OfferedTool> = {}): OfferedTool => ({
  name,
  description: `${name} of the home`,
  inputSchema: { type: 'object', properties: { room: { type: 'string' } } },
  effects: 'none',
  confirm: false,
  ...more,
});

let scope: Scope;
let clock: FakeClock;
let metrics: CountingMetrics;
let tools: OfferedTool[];
let calls: { readonly name: string; readonly input: unknown; readonly signal: AbortSignal }[];
let answer: (name: string, signal: AbortSignal) => Promise<Awaited<ReturnType<ToolSource['call']>>>;
let logged: string[];
let http: Server;
let sockets: { readonly socket: WebSocket; readonly request: IncomingMessage; readonly got: Message[] }[];
let closed: number[];
let refusal: number | undefined;
let offers: ToolOffers;

beforeEach(async () => {
  scope = new Scope('test', () => undefined);
  clock = new FakeClock();
  metrics = new CountingMetrics();
  tools = [tool('get_weather'), tool('home_control', { effects: 'home' }), tool('home_unlock', { confirm: true })];
  calls = [];
  answer = (name) => Promise.resolve({ text: `answer of ${name}`, say: 'spoken elsewhere' });
  logged = [];
  sockets = [];
  closed = [];
  refusal = undefined;
  http = createServer();
  const wss = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    wss.handleUpgrade(request, socket, head, (accepted) => {
      const got: Message[] = [];
      sockets.push({ socket: accepted, request, got });
      accepted.on('message', (data: Buffer) => got.push(JSON.parse(data.toString('utf8')) as Message));
      accepted.on('close', (code) => closed.push(code));
      accepted.on('error', () => undefined);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const source: ToolSource = {
    id: 'server',
    list: () => tools,
    call: (name, input, signal) => {
      calls.push({ name, input, signal });
      return answer(name, signal);
    },
  };
  const log = (message: string, fields: unknown = {}): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  const common = { scope, clock, metrics, log: logger, version: '1' };
  offers = new ToolOffers({ ...common, random: () => 0.5, sources: () => [source] });
});
afterEach(async () => {
  for (const { socket } of sockets) socket.terminate();
  await scope.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const port = (): number => (http.address() as AddressInfo).port;
function offer(listed: readonly string[] = ['get_weather', 'home_*'], address = `ws://127.0.0.1:${port()}`): void {
  const entry = { url: `${address}/mcp/?token=${TOKEN}`, tools: listed };
  offers.apply(readServerFile(JSON.stringify({ accessPoints: { other: entry } })).offers);
}
const state = () => offers.states[0]!;

async function connected(number = 1) {
  await eventually(() => sockets.length === number && state().state === 'ready');
  const { socket, got, request } = sockets[number - 1]!;
  const send = (message: unknown): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...(message as object) }));
  const ask = async (method: string, params: unknown = {}, id: unknown = 7): Promise<Message> => {
    const before = got.length;
    send({ id, method, params });
    await eventually(() => got.slice(before).some((message) => message.id === id));
    return got.slice(before).find((message) => message.id === id)!;
  };
  return { socket, got, request, send, ask };
}
const INITIALIZE = {
  protocolVersion: '2024-11-05',
  capabilities: { roots: { listChanged: true }, sampling: {} },
  clientInfo: { name: 'XiaozhiMCPEndpointClient', version: '1.0.0' },
};

describe('tools offered to another server', () => {
  it('are listed and called like the tools of known robots', async () => {
    offer();
    const { ask, send, request, got } = await connected();
    expect(request.url).toBe(`/mcp/?token=${TOKEN}`);
    expect(got).toEqual([]);
    // The other server may be a broker that replaces each id by a text.
    const first = await ask('initialize', INITIALIZE, 'a1b2_n_1');
    expect(first.result).toMatchObject({
      protocolVersion: '2024-11-05',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'chorus', version: '1' },
    });
    send({ method: 'notifications/initialized' });
    const list = await ask('tools/list', { cursor: '' }, 0);
    expect(list.result?.['tools']).toEqual([
      {
        name: 'get_weather',
        description: 'get_weather of the home',
        inputSchema: tools[0]!.inputSchema,
        annotations: { readOnlyHint: true, destructiveHint: false },
      },
      expect.objectContaining({
        name: 'home_control',
        annotations: { readOnlyHint: false, destructiveHint: false },
      }),
    ]);
    const called = await ask('tools/call', { name: 'get_weather', arguments: { room: 'x' }, serialNumber: null }, 3);
    expect(called.result).toEqual({ content: [{ type: 'text', text: 'answer of get_weather' }] });
    expect(calls).toMatchObject([{ name: 'get_weather', input: { room: 'x' } }]);
    expect((await ask('ping', undefined, 4)).result).toEqual({});
    expect(await ask('resources/list', {}, 5)).toMatchObject({ error: { code: -32_601 } });
    expect((await ask('initialize', INITIALIZE, 'a1b2_n_2')).result).toBeDefined();
    expect(state()).toMatchObject({ state: 'ready', tools: ['get_weather', 'home_control'], calls: 1, restarts: 0 });
    expect(metrics.gauges).toMatchObject({ 'chorus_mcp_offers ready': 1, 'chorus_mcp_offers failed': 0 });
    expect(metrics.of('chorus_mcp_offered_calls_total')).toEqual({ answered: 1 });
  });

  it('are only those that the owner names; a tool that needs a confirmation must be named in full', async () => {
    offer(['home_*', 'nothing']);
    const { ask } = await connected();
    for (const name of ['home_unlock', 'get_weather', 'nothing', '__proto__', 7, undefined])
      expect((await ask('tools/call', { name })).result).toMatchObject({ isError: true });
    expect(calls).toEqual([]);
    expect(state()).toMatchObject({ tools: ['home_control'], unknown: ['nothing'] });
    expect(metrics.of('chorus_mcp_offered_calls_total')).toEqual({ refused: 6 });
    offer(['home_unlock']);
    const again = await connected(2);
    expect((await again.ask('tools/call', { name: 'home_unlock' })).result).not.toHaveProperty('isError');
  });

  it('report the message of a failure, and return a streamed text as a whole', async () => {
    offer();
    const { ask } = await connected();
    answer = () => Promise.reject(new ChorusError('tool.failed', 'out of paper'));
    expect((await ask('tools/call', { name: 'get_weather' })).result).toEqual({
      content: [{ type: 'text', text: 'out of paper' }],
      isError: true,
    });
    answer = () => Promise.reject(new Error('x'.repeat(10_000)));
    expect(JSON.stringify(await ask('tools/call', { name: 'get_weather' })).length).toBeLessThan(500);
    async function* stream(): AsyncGenerator<string> {
      yield 'One. ';
      yield 'Two.';
    }
    answer = () => Promise.resolve({ text: '', stream: stream() });
    expect((await ask('tools/call', { name: 'get_weather' })).result).toEqual({
      content: [{ type: 'text', text: 'One. Two.' }],
    });
    answer = () => Promise.resolve({ text: 'x'.repeat(1_000_000) });
    expect(JSON.stringify(await ask('tools/call', { name: 'get_weather' })).length).toBeLessThan(17_000);
  });

  it('are cancelled if the other server requests this or disconnects', async () => {
    offer();
    const { send, socket } = await connected();
    answer = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    for (const id of [1, 2]) send({ id, method: 'tools/call', params: { name: 'get_weather' } });
    await eventually(() => calls.length === 2);
    send({ method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' } });
    await eventually(() => calls[0]!.signal.aborted);
    expect(calls[1]!.signal.aborted).toBe(false);
    socket.terminate();
    await eventually(() => calls[1]!.signal.aborted);
    await eventually(() => metrics.of('chorus_mcp_offered_calls_total')['cancelled'] === 2);
  });

  it('run at most a certain number of calls at once', async () => {
    offer();
    const { send, got } = await connected();
    answer = () => new Promise(() => undefined);
    for (let id = 1; id <= 20; id++) send({ id, method: 'tools/call', params: { name: 'get_weather' } });
    await eventually(() => got.length === 4);
    expect(got.every(({ result }) => result?.['isError'] === true)).toBe(true);
    expect(calls).toHaveLength(16);
  });

  it('are announced again if they change', async () => {
    offer();
    const { ask, got } = await connected();
    await ask('initialize', INITIALIZE);
    await ask('tools/list');
    await clock.advance(31_000);
    expect(got).toHaveLength(2);
    tools.push(tool('home_find'));
    await clock.advance(31_000);
    await eventually(() => got.length === 3);
    expect(got[2]).toMatchObject({ method: 'notifications/tools/list_changed' });
    await clock.advance(62_000);
    expect(got).toHaveLength(3);
    expect((await ask('tools/list')).result?.['tools']).toHaveLength(3);
  });
});

describe('the connection to the access point of another server', () => {
  it.each([
    [1, 0, 500],
    [1, 0.999, 999.5],
    [2, 0.5, 1500],
    [4, 0.5, 6000],
    [11, 0.5, 450_000],
    [500, 0, 300_000],
  ])('attempt %d with random %d begins after %d ms', (tries, random, ms) =>
    expect(delayMs(tries, random)).toBeCloseTo(ms, 0),
  );

  it('is opened again after a loss, with growing delays while refused, and never reveals the token', async () => {
    offer();
    const { socket } = await connected();
    socket.close(1000, `replaced ${TOKEN}`);
    await eventually(() => state().state === 'failed');
    expect(state().error?.message).toBe('it has closed the connection (1000 replaced ***)');
    refusal = 401;
    await clock.advance(750);
    await eventually(() => state().error?.message.includes('401') === true);
    await clock.advance(1499);
    expect(sockets).toHaveLength(1);
    refusal = undefined;
    await clock.advance(1);
    await connected(2);
    expect(state()).toMatchObject({ state: 'ready', restarts: 1, error: undefined });
    await clock.advance(29_000);
    await eventually(() => true);
    expect(logged.length).toBeGreaterThan(2);
    expect(JSON.stringify([logged, offers.states])).not.toContain(TOKEN);
  });

  it('is tried again while nobody listens at the address, but not after the server has stopped', async () => {
    offer(['*'], 'ws://127.0.0.1:1');
    await eventually(() => state().state === 'failed');
    await scope.close();
    await clock.advance(600_000);
    expect(sockets).toEqual([]);
  });

  it('ends if its entry is removed or the other server is silent', async () => {
    offer();
    const { socket } = await connected();
    socket.pause();
    await clock.advance(60_000);
    await eventually(() => state().state === 'failed');
    await clock.advance(1000);
    await connected(2);
    offers.apply([]);
    await eventually(() => closed.includes(1000));
    expect(offers.states).toEqual([]);
  });

  it('accepts only a limited number and size of messages', async () => {
    offer();
    const first = await connected();
    first.send('x'.repeat(1024 * 1024 + 1));
    await eventually(() => closed.includes(1009));
    await clock.advance(1000);
    const second = await connected(2);
    for (let count = 0; count < 300; count++) second.send('x');
    await eventually(() => closed.includes(1008));
    expect(calls).toEqual([]);
  });

  it('survives invalid frames', async () => {
    offer();
    const { send, ask } = await connected();
    let state32 = 20261129;
    const random = (below: number): number => {
      state32 ^= state32 << 13;
      state32 ^= state32 >>> 17;
      state32 ^= state32 << 5;
      return (state32 >>> 0) % below;
    };
    const call = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'get_weather' } });
    const odd = [
      'Starting...',
      '[]',
      'null',
      '{"method":"tools/call"}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[1]}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":{},"arguments":"x","task":{"ttl":1}}}',
      '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
      '{"jsonrpc":"2.0","id":null,"method":"ping"}',
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/related-task":7}}}',
      '{"jsonrpc":"2.0","id":4,"result":{}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}',
    ];
    for (let round = 0; round < 170; round++) {
      const text = odd[random(odd.length * 3)] ?? call;
      const at = random(text.length);
      send(round < odd.length ? odd[round] : text.slice(0, at) + String.fromCharCode(random(127)) + text.slice(at + 1));
    }
    await clock.advance(10_000);
    expect((await ask('tools/call', { name: 'get_weather' }, 'last')).result).toMatchObject({
      content: [{ text: 'answer of get_weather' }],
    });
  });
});

it("this project's access point accepts tools that are offered in this way", async () => {
  let kept: string | undefined;
  const store = {
    findSecret: () => Promise.resolve(kept),
    replaceSecret: (_: string, value: string) => {
      kept = value;
      return Promise.resolve();
    },
  };
  const tokens = new McpTokens(store, clock);
  const point = new AccessPoint({ tokens, scope, clock, version: '1', log: silentLogger, metrics: noMetrics });
  http.removeAllListeners('upgrade');
  http.on('upgrade', (request, socket, head) => point.upgrade(request, socket, head));
  const { token } = await tokens.create(undefined);
  const entry = { url: `ws://127.0.0.1:${port()}/mcp/?token=${token}`, tools: ['get_weather', 'home_unlock'] };
  offers.apply(readServerFile(JSON.stringify({ accessPoints: { ours: entry } })).offers);
  const there = point.for(() => undefined);
  await eventually(() => there.list().length === 2);
  expect(there.list().map(({ name, confirm }) => [name, confirm])).toEqual([
    ['get_weather', false],
    ['home_unlock', true],
  ]);
  const live = new AbortController().signal;
  expect((await there.call('get_weather', { room: 'x' }, live)).text).toBe('answer of get_weather');
  tools.push(tool('extra'));
  offers.apply([]);
  await eventually(() => there.list().length === 0);
  point.close();
});
