import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { certificate, testAuthority, type CertificateName } from '../../../test/fakes/bad-proxies.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { KeptConnections } from './kept-connections.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const ok: Answer = (response) => void response.end('ok');
const cut: Answer = (response) => void response.destroy();

/** Keeps connections open without stating for how long, like cloud services. The last scripted answer repeats. */
class Service {
  requests = 0;
  connections = 0;
  readonly sockets = new Set<Socket>();
  script: Answer[] = [ok];

  constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {
    server.keepAliveTimeout = 0;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket)));
    });
    server.on('request', (request, response) => {
      this.requests += 1;
      const answer = this.script.length > 1 ? this.script.shift() : this.script[0];
      request.resume().once('end', () => answer?.(response, request));
    });
  }

  static async start(scheme: 'http' | 'https' = 'http', name: CertificateName = 'good'): Promise<Service> {
    const server = scheme === 'http' ? createServer() : createTlsServer(certificate(name));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Service(server, scheme);
  }

  get url(): string {
    return `${this.scheme}://localhost:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

const things: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of things.splice(0).reverse()) await thing.close();
});
function use<T extends { close(): void | Promise<void> }>(thing: T): T {
  things.push(thing);
  return thing;
}
const kept = (idleMs?: number, clock = new FakeClock()): KeptConnections =>
  use(new KeptConnections({ clock, ca: testAuthority(), ...(idleMs !== undefined && { idleMs }) }));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function turnsOfTheLoop(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function ask(http: KeptConnections, url: string, init: RequestInit = {}): Promise<string> {
  const response = await http.fetch(url, { method: 'POST', body: '{}', ...init });
  const text = await response.text();
  await turnsOfTheLoop();
  return `${response.status} ${text}`;
}

describe.each(['http', 'https'] as const)('connections over %s', (scheme) => {
  it('stay open for the next request', async () => {
    const service = use(await Service.start(scheme));
    const http = kept();
    for (let turn = 0; turn < 3; turn++) expect(await ask(http, service.url)).toBe('200 ok');
    expect(service.connections).toBe(1);
  });

  it('are closed after the idle time', async () => {
    const service = use(await Service.start(scheme));
    const http = kept(50);
    await ask(http, service.url);
    await until(() => service.sockets.size === 0);
    expect(await ask(http, service.url)).toBe('200 ok');
    expect(service.connections).toBe(2);
  });

  it('are opened in advance, once, and only if none is idle', async () => {
    const service = use(await Service.start(scheme));
    const http = kept();
    http.open(service.url);
    http.open(service.url);
    await until(() => service.connections === 1);
    expect(service.requests).toBe(0);
    http.open(service.url);
    expect(await ask(http, service.url)).toBe('200 ok');
    http.open(service.url);
    // Connections arrive in order. Another connection of `http` would arrive before that of the other pool.
    kept().open(service.url);
    await until(() => service.connections > 1);
    await turnsOfTheLoop();
    expect(service.connections).toBe(2);
  });

  it('are used while they are still being opened', async () => {
    const service = use(await Service.start(scheme));
    const http = kept();
    http.open(service.url);
    expect(await ask(http, service.url)).toBe('200 ok');
    expect(await ask(http, service.url)).toBe('200 ok');
    expect(service.connections).toBe(1);
  });

  it('are closed if they were opened in advance but not used', async () => {
    const service = use(await Service.start(scheme));
    const http = kept(50);
    // On a busy machine, the idle time can end before the service accepts the connection.
    await until(() => (http.open(service.url), service.connections > 0));
    await until(() => service.sockets.size === 0);
    expect(service.requests).toBe(0);
  });

  it('are all closed at shutdown: idle, active, and opened in advance', async () => {
    const service = use(await Service.start(scheme));
    const http = kept();
    await ask(http, service.url);
    service.script = [() => undefined];
    const asking = ask(http, service.url);
    await until(() => service.requests === 2);
    http.open(service.url);
    await until(() => service.connections === 2);
    http.close();
    await expect(asking).rejects.toThrow('fetch failed');
    await until(() => service.sockets.size === 0);
    http.open(service.url);
    await expect(ask(http, service.url)).rejects.toThrow('fetch failed');
    expect([service.connections, service.requests]).toEqual([2, 2]);
  });
});

describe('a connection that the service has closed', () => {
  it.each([
    ['was used before', async (http: KeptConnections, service: Service) => void (await ask(http, service.url))],
    [
      'was opened beforehand',
      async (http: KeptConnections, service: Service) => {
        http.open(service.url);
        await until(() => service.connections === 1);
      },
    ],
  ])('and %s, without notice, fails no request: the request is sent again over a new one', async (_, prepare) => {
    const service = use(await Service.start());
    const http = kept();
    await prepare(http, service);
    const before = service.requests;
    service.script = [cut, ok];
    expect(await ask(http, service.url)).toBe('200 ok');
    expect([service.requests - before, service.connections]).toEqual([2, 2]);
    expect(await ask(http, service.url)).toBe('200 ok');
    expect(service.connections).toBe(2);
  });

  it('is not replaced by another idle connection', async () => {
    const service = use(await Service.start());
    const http = kept();
    const held: ServerResponse[] = [];
    service.script = [(response) => void held.push(response)];
    const three = [1, 2, 3].map(() => ask(http, service.url));
    await until(() => held.length === 3);
    for (const response of held) response.end('ok');
    await Promise.all(three);
    service.script = [cut, ok];
    expect(await ask(http, service.url)).toBe('200 ok');
    expect([service.requests, service.connections]).toEqual([5, 4]);
    await until(() => service.sockets.size === 1);
  });

  it('leads to one retry only, and to none if it was new or the answer had begun', async () => {
    const service = use(await Service.start());
    const http = kept();
    service.script = [cut];
    await expect(ask(http, service.url)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNRESET' },
    });
    expect(service.requests).toBe(1);
    service.script = [ok, cut];
    await ask(http, service.url);
    await expect(ask(http, service.url)).rejects.toThrow('fetch failed');
    expect(service.requests).toBe(4);
    service.script = [ok, (response) => void response.write('half', () => response.destroy())];
    await ask(http, service.url);
    await expect(ask(http, service.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(service.requests).toBe(6);
  });

  it('leads to no retry if it was closed during the work, for which the service may charge', async () => {
    const service = use(await Service.start());
    const clock = new FakeClock();
    const http = kept(undefined, clock);
    await ask(http, service.url);
    const held: ServerResponse[] = [];
    service.script = [(response) => void held.push(response), ok];
    const asking = ask(http, service.url);
    await until(() => held.length === 1);
    await clock.advance(1000);
    held[0]?.destroy();
    await expect(asking).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
    expect(service.requests).toBe(2);
  });

  it('is not used if it is known to be closed, or if it received unrequested data', async () => {
    const service = use(await Service.start());
    const http = kept();
    http.open(service.url);
    await until(() => service.connections === 1);
    await turnsOfTheLoop();
    for (const socket of service.sockets)
      socket.end('HTTP/1.1 408 Request Timeout\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlate');
    await turnsOfTheLoop();
    expect(await ask(http, service.url)).toBe('200 ok');
    for (const socket of service.sockets) socket.destroy();
    await until(() => service.sockets.size === 0);
    expect(await ask(http, service.url)).toBe('200 ok');
    expect([service.requests, service.connections]).toEqual([2, 3]);
  });
});

it('closes a connection, even a kept one, only if its answer is cancelled', async () => {
  const service = use(await Service.start());
  const http = kept();
  for (let turn = 0; turn < 2; turn++) {
    const over = new AbortController();
    await ask(http, service.url, { signal: over.signal });
    over.abort();
  }
  expect(service.connections).toBe(1);
  service.script = [(response) => void response.write('begun')];
  const left = new AbortController();
  const response = await http.fetch(service.url, { signal: left.signal });
  left.abort();
  await until(() => service.sockets.size === 0);
  await expect(response.text()).rejects.toThrow(/abort/);
  await expect(http.fetch(service.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

it('raises no unhandled error if an answer is cancelled in the tick of its end', async () => {
  const service = use(await Service.start());
  const http = kept();
  for (let ticks = 0; ticks < 10; ticks++) {
    const left = new AbortController();
    const response = await http.fetch(service.url, { signal: left.signal });
    await response.body?.getReader().read();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    left.abort();
    await turnsOfTheLoop();
  }
  expect(await ask(http, service.url)).toBe('200 ok');
});

it('keeps at most eight idle connections', async () => {
  const service = use(await Service.start());
  const http = kept();
  const held: ServerResponse[] = [];
  service.script = [(response) => void held.push(response)];
  const asking = Array.from({ length: 12 }, () => ask(http, service.url));
  await until(() => held.length === 12);
  for (const response of held) response.end('ok');
  await Promise.all(asking);
  await until(() => service.sockets.size === 8);
  expect(service.connections).toBe(12);
});

it('checks certificates on every connection, and fails only the request for an unreachable address', async () => {
  const service = use(await Service.start('https', 'othername'));
  const http = kept();
  for (const opened of [false, true]) {
    if (opened) http.open(service.url);
    await expect(ask(http, service.url)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  }
  expect(service.requests).toBe(0);
  http.open('http://127.0.0.1:1/');
  http.open('no address');
  http.open('ftp://127.0.0.1/');
  await expect(ask(http, 'http://127.0.0.1:1/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await expect(ask(http, 'ftp://127.0.0.1/')).rejects.toThrow('fetch failed');
});

it('follows no redirect: returns it if requested, and fails otherwise', async () => {
  const service = use(await Service.start());
  const http = kept();
  service.script = [(response) => void response.writeHead(307, { location: service.url }).end()];
  expect(await ask(http, service.url, { redirect: 'manual' })).toBe('307 ');
  for (const redirect of ['error', 'follow'] as const)
    await expect(ask(http, service.url, { redirect })).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: 'unexpected redirect' },
    });
  expect(service.requests).toBe(3);
});
