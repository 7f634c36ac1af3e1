import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { McpServers } from '../../src/conversation/tools/index.js';
import { readServerFile } from '../../src/conversation/tools/mcp/settings.js';
import { noMetrics, Scope, silentLogger } from '../../src/core/index.js';
import { eventually, live } from '../../src/plugin/testing/suite.js';
import { FakeClock } from '../fakes/fake-clock.js';

interface RpcRequest {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string };
}
type Answer = (request: RpcRequest, response: ServerResponse) => void;

const JSON_TYPE = { 'content-type': 'application/json' };
const RESULTS: Readonly<Record<string, (request: RpcRequest) => unknown>> = {
  initialize: ({ params }) => ({
    protocolVersion: params?.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'scripted', version: '1' },
  }),
  'tools/list': () => ({ tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'I see.' }] }),
  ping: () => ({}),
};

const well: Answer = (request, response) => {
  if (request.id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const result = RESULTS[request.method]?.(request);
  response.writeHead(200, JSON_TYPE).end(JSON.stringify({ jsonrpc: '2.0', id: request.id, result }));
};

/** How many floods the client has read completely. */
let swallowed = 0;

/** Sends 50 MB, or as much of that as the client reads. */
function flood(response: ServerResponse, chunk: Buffer): void {
  response.on('error', () => undefined);
  const more = (left: number): void => {
    if (response.destroyed) return;
    if (left > 0) response.write(chunk, () => more(left - 1));
    else response.end(() => (swallowed += 1));
  };
  more(50);
}

const MB = 2 ** 20;
const ONE_EVENT = '50 MB in one event';
const MISBEHAVIOURS: Readonly<Record<string, Answer>> = {
  'an error': (_, response) => void response.writeHead(500).end('boom'),
  'an error in JSON-RPC': ({ id }, response) =>
    void response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -1, message: 'boom' } })),
  'a cut answer': (_, response) => void response.writeHead(200, JSON_TYPE).write('{"json', () => response.destroy()),
  'a cut connection': (_, response) => void response.destroy(),
  'garbage for JSON': (_, response) => void response.writeHead(200, JSON_TYPE).end('\u0000<<garbage'),
  'garbage of no type': (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  '50 MB of JSON': (_, response) => flood(response.writeHead(200, JSON_TYPE), Buffer.alloc(MB, ' ')),
  [ONE_EVENT]: (_, response) =>
    flood(response.writeHead(200, { 'content-type': 'text/event-stream' }), Buffer.alloc(MB, 'data: x\n')),
};

let server: Server;
let scope: Scope;
let clock: FakeClock;
let all: McpServers;
/** Methods of the requests that were received, in order. `GET` is a request to open an event stream. */
let asked: string[];
/** How requests of one method are answered. All other requests are answered by {@link well}. */
let misbehaves: { readonly method: string; readonly answer: Answer } | undefined;

beforeEach(async () => {
  asked = [];
  swallowed = 0;
  misbehaves = undefined;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      if (request.method !== 'POST') {
        asked.push('GET');
        response.writeHead(405).end();
        return;
      }
      const message = JSON.parse(body) as RpcRequest;
      asked.push(message.method);
      (misbehaves?.method === message.method ? misbehaves.answer : well)(message, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope = new Scope('test', () => undefined);
  clock = new FakeClock();
  all = new McpServers({ scope, clock, metrics: noMetrics, log: silentLogger, version: '1' });
});
afterEach(async () => {
  await scope.close();
  server.closeAllConnections();
  server.close();
});

function connect(): void {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  all.apply(readServerFile(JSON.stringify({ mcpServers: { scripted: { url, type: 'http' } } })));
}

/** Calls the tool. Resolves with its answer, or with the reason why there is none. */
function call(): Promise<string> {
  return all
    .for(() => undefined)
    .call('scripted_look', {}, live())
    .then(
      ({ text }) => text,
      (error: Error) => `failed: ${error.message}`,
    );
}

/**
 * If a stream breaks, the client library does not report the requests that were open, so only their time limit ends
 * them.
 */
async function settled<T>(work: Promise<T>, misbehaviour: string): Promise<T> {
  if (misbehaviour !== ONE_EVENT) return work;
  const seen = { over: false };
  void work.then(() => (seen.over = true));
  while (!seen.over) await clock.advance(1000);
  return work;
}

/** Makes the server answer well again. Resolves when its tool has answered. */
async function recovers(): Promise<void> {
  misbehaves = undefined;
  for (let said = await call(); said !== 'I see.'; said = await call()) await clock.advance(1000);
}

/** Expects a short sentence that contains neither the page that the server sent nor a stack trace. */
function expectWords(said: string | undefined): void {
  expect(said).toMatch(/^(?:failed: )?\S.{3,320}$/);
  expect(said).not.toMatch(/\n| at |undefined/);
}

describe.each(Object.entries(MISBEHAVIOURS))('an MCP server over HTTP that answers with %s', (name, answer) => {
  it('to a call makes the call fail with a message, and gets the next call', async () => {
    connect();
    await all.tried();
    expect(await call()).toBe('I see.');
    misbehaves = { method: 'tools/call', answer };
    const said = await settled(call(), name);
    expect(swallowed).toBe(0);
    expect(said).toMatch(/^failed: /);
    expectWords(said);
    await recovers();
  });

  it('to the first request is not used, has a reason, and is tried again', async () => {
    misbehaves = { method: 'initialize', answer };
    connect();
    await settled(all.tried(), name);
    expect(swallowed).toBe(0);
    expect(all.states[0]).toMatchObject({ state: 'failed', tools: [], error: { code: 'mcp.unreachable' } });
    expectWords(all.states[0]?.error?.message);
    await recovers();
  });
});

describe('an MCP server over HTTP that stalls', () => {
  it('in a call is given up after the time limit, and called again', async () => {
    connect();
    await all.tried();
    const reached = new Promise<void>((resolve) => (misbehaves = { method: 'tools/call', answer: () => resolve() }));
    const said = call();
    await reached;
    await clock.advance(30_000);
    expect(await said).toBe('failed: the MCP server did not answer tools/call within 30 s');
    await recovers();
    expect(all.states[0]?.restarts).toBe(0);
  });

  it('at the start is given up after the time limit, and tried again', async () => {
    const reached = new Promise<void>((resolve) => (misbehaves = { method: 'initialize', answer: () => resolve() }));
    connect();
    await reached;
    await clock.advance(30_000);
    await all.tried();
    expect(all.states[0]?.error?.message).toBe('the MCP server did not answer in time');
    await recovers();
  });
});

describe.each([
  ['429', { status: 429, after: { 'retry-after': '120' } }],
  ['429 with a date', { status: 429, after: undefined }],
  ['503', { status: 503, after: { 'retry-after': '120' } }],
])('an MCP server over HTTP that asks for a pause by %s', (_name, { status, after }) => {
  const limits: Answer = (_, response) => {
    const at = { 'retry-after': new Date(clock.wallMs() + 120_000).toUTCString() };
    response.writeHead(status, after ?? at).end('slow down');
  };

  it('in a call with a pause gets no request during it, and keeps its connection', async () => {
    connect();
    await all.tried();
    misbehaves = { method: 'tools/call', answer: limits };
    expect(await call()).toMatch(/^failed: the MCP server has asked for a pause of (?:119|120) s$/);
    const before = asked.length;
    // If the connection were checked regularly, it would have been checked by now.
    await clock.advance(100_000);
    expect(await call()).toMatch(/^failed: the MCP server has asked for a pause of (?:19|20) s$/);
    expect(asked).toHaveLength(before);
    misbehaves = undefined;
    await clock.advance(20_000);
    expect(await call()).toBe('I see.');
    expect(all.states[0]).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('at the start with a pause gets no request during it, and is then connected', async () => {
    misbehaves = { method: 'initialize', answer: limits };
    connect();
    await all.tried();
    expect(all.states[0]).toMatchObject({ state: 'failed', error: { code: 'mcp.unreachable' } });
    expect(all.states[0]?.error?.message).toMatch(/^the MCP server has asked for a pause of (?:119|120) s$/);
    misbehaves = undefined;
    await clock.advance(118_000);
    expect(asked).toEqual(['initialize']);
    await clock.advance(2000);
    await eventually(() => all.states[0]?.state === 'ready');
    expect(await call()).toBe('I see.');
  });
});
