import type { IncomingMessage } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connect,
  DEVICE,
  http,
  OTA_BODY,
  otaHeaders,
  PEERS,
  startServer,
  tokenFor,
  type Harness,
} from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

let harness: Harness;
afterEach(() => harness.close());

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

function tcp(port = harness.port): Socket {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** Waits until the server closes the connection. Resolves with everything that it sent. */
function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

const answersIn = (text: string): number => text.match(/HTTP\/1\.1 /g)?.length ?? 0;
const ota = (deviceId: string, path = '/xiaozhi/ota/'): string =>
  `POST ${path} HTTP/1.1\r\n${Object.entries(otaHeaders(deviceId, 'c'))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Content-Length: 2\r\n\r\n{}`;

describe('requests on one connection before the answer to the previous one', () => {
  it('are not answered: the second request ends the connection, also on the old ports', async () => {
    harness = await startServer({ otaPorts: [0] });
    const pipelined = Array.from({ length: 200 }, (_, index) =>
      ota(`02:00:00:00:00:${index.toString(16).padStart(2, '0')}`),
    ).join('');
    for (const port of [harness.port, harness.server.otaPorts[0]?.port ?? 0]) {
      const before = harness.metrics.of('chorus_ota_requests_total');
      const socket = tcp(port);
      socket.write(pipelined);
      expect(answersIn(await untilClosed(socket))).toBeLessThanOrEqual(1);
      expect(harness.metrics.of('chorus_ota_requests_total') - before).toBeLessThanOrEqual(1);
    }
  });

  it('do not become a WebSocket either', async () => {
    harness = await startServer();
    const socket = tcp();
    socket.write(
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\n' +
        'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(answersIn(await untilClosed(socket))).toBeLessThanOrEqual(1);
    expect(harness.metrics.of('chorus_handshakes_total')).toBe(0);
  });

  it('are not limited in number if each waits for the previous answer', async () => {
    harness = await startServer();
    const socket = tcp();
    for (let times = 0; times < 50; times++) {
      const answered = new Promise<string>((resolve) =>
        socket.once('data', (data: Buffer) => resolve(data.toString())),
      );
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

describe('requests of one address', () => {
  it('are limited, even refused ones; above the limit the connection ends before its bytes are parsed', async () => {
    harness = await startServer({ otaPorts: [0], limits: { requests: { burst: 5, perSecond: 0.001 } } });
    const socket = tcp();
    const ended = untilClosed(socket);
    for (let times = 0; times < 5; times++) {
      const answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write('GET /api/v1/session HTTP/1.1\r\nHost: evil.example\r\n\r\n');
      await answered;
    }
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await ended).not.toMatch(/ 200 /);
    for (const port of [harness.port, harness.server.otaPorts[0]?.port ?? 0]) {
      const again = tcp(port);
      again.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await untilClosed(again)).toBe('');
    }
    expect((await http(harness, { path: '/healthz', from: PEERS.lan })).status).toBe(200);
  });

  it('are limited on the old ports', async () => {
    harness = await startServer({ otaPorts: [0], limits: { requests: { burst: 5, perSecond: 0.001 } } });
    const socket = tcp(harness.server.otaPorts[0]?.port);
    const ended = untilClosed(socket);
    for (let times = 0; times < 5; times++) {
      const answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write('GET /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\n\r\n');
      await answered;
    }
    socket.write('GET /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answersIn(await ended)).toBe(5);
  });

  it.each(['h2c', 'websocket'])('are limited also with an upgrade to %s', async (protocol) => {
    harness = await startServer({ otaPorts: [0], limits: { requests: { burst: 4, perSecond: 0.001 } } });
    const upgrade = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
    const early = tcp();
    const ended = untilClosed(early);
    const answered = new Promise((resolve) => early.once('data', resolve));
    early.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await answered;
    const answers: number[] = [];
    for (let times = 0; times < 5; times++) {
      const socket = tcp(times === 0 ? harness.server.otaPorts[0]?.port : harness.port);
      socket.write(upgrade);
      answers.push(answersIn(await untilClosed(socket)));
    }
    expect(answers).toEqual([1, 1, 1, 0, 0]);
    early.write(upgrade);
    expect(answersIn(await ended)).toBe(1);
  });
});

describe('an upgrade', () => {
  it('to an unknown protocol is an ordinary request, not a failed handshake', async () => {
    harness = await startServer();
    const socket = tcp();
    socket.write(
      'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n' +
        'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    );
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\n\{"status":"ok"\}$/s);
    const withBody = tcp();
    withBody.write('POST /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}');
    expect(await untilClosed(withBody)).toMatch(/^HTTP\/1\.1 400 /);
    expect(harness.metrics.of('chorus_handshakes_total')).toBe(0);
  });

  it('does not keep the server from closing while its answer is not over', async () => {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const exposition = (): Promise<never> => {
      begin();
      return new Promise(() => undefined);
    };
    harness = await startServer({ exposition });
    tcp().write('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    await begun;
    await expect(harness.server.close()).resolves.toBeUndefined();
  });

  it('to a WebSocket is refused at the paths of the page, the API, the metrics and the health checks', async () => {
    harness = await startServer();
    const token = await tokenFor(harness);
    for (const path of ['/metrics', '/api/v1/session', '//console/x', '/healthz?x', '/readyz'])
      expect((await connect(harness, { token, path }).refused()).refusedWith, path).toBe(404);
    await connect(harness, { token, path: '/apis' }).opened();
  });
});

describe('every answer', () => {
  it('forbids the browser to guess another content type', async () => {
    harness = await startServer({ otaPorts: [0] });
    for (const path of ['/xiaozhi/ota/', '/healthz', '/readyz', '/metrics', '/nothing', '/api/v1/session', '/', '/%zz'])
      expect([path, (await http(harness, { path })).headers['x-content-type-options']]).toEqual([path, 'nosniff']);
    const port = harness.server.otaPorts[0]?.port ?? 0;
    expect((await http({ port }, { path: '/nothing' })).headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('limits of client data', () => {
  it('bound the body of a sign-in, which is not read while sign-ins are delayed', async () => {
    harness = await startServer();
    const browser = new Browser(harness);
    const nested = `{"password":${'['.repeat(62_000)}${']'.repeat(62_000)}}`;
    expect(codeOf(await browser.ask('POST', '/api/v1/session', nested))).toBe('admin.too_large');
    expect((await browser.signIn('😀'.repeat(128))).status).toBe(401);
    for (let times = 0; times < 6; times++) await browser.signIn('wrong');
    const socket = tcp();
    socket.write(
      'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
        'Content-Length: 30\r\nConnection: close\r\n\r\n',
    );
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 429 /);
  });

  it('count requests for settings together, however the path is spelled', async () => {
    harness = await startServer({ limits: { otaRequests: { burst: 6, perSecond: 0.001 } } });
    const spellings = [
      '/xiaozhi/ota/',
      '/xiaozhi//ota/',
      '//xiaozhi/ota',
      '/xiaozhi/%6Fta/',
      '/xiaozhi/ota//',
      '/xiaozhi//ota/activate',
    ];
    const ask = (path: string): ReturnType<typeof http> =>
      http(harness, {
        method: 'POST',
        path,
        body: OTA_BODY,
        from: PEERS.lan,
        headers: otaHeaders(DEVICE.deviceId, DEVICE.clientId),
      });
    for (const path of spellings) {
      const answer = await ask(path);
      expect([200, 404], path).toContain(answer.status);
      expect(answer.headers['access-control-allow-origin'], path).toBe('*');
    }
    for (const path of spellings) expect((await ask(path)).status, path).toBe(429);
  });

  it('count the text messages of a device over all its connections', async () => {
    harness = await startServer();
    const token = await tokenFor(harness);
    const nested = `{"type":"mcp","payload":{"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
    const first = await connect(harness, { token }).opened();
    await first.hello();
    first.send(nested);
    const second = await connect(harness, { token }).opened();
    await second.hello();
    for (let times = 0; times < 20; times++) second.send(nested);
    await expect
      .poll(() => harness.metrics.of('chorus_messages_ignored_total{reason=too_much_text}'))
      .toBeGreaterThan(18);
    second.send({ type: 'listen', state: 'start', mode: 'auto' });
    second.socket.close();
    await second.closed();
  });
});

describe('other endpoints of the main port', () => {
  it('apply the limits of an address before they query the database', async () => {
    let asked = 0;
    const otherUpgrades = {
      takes: ({ url = '' }: IncomingMessage) => url.startsWith('/mcp'),
      upgrade: (_request: IncomingMessage, socket: Duplex) => {
        asked += 1;
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      },
      close: () => undefined,
    };
    harness = await startServer({ otherUpgrades, limits: { handshakes: { burst: 3, perSecond: 0.001 } } });
    const statuses: (number | undefined)[] = [];
    for (let times = 0; times < 6; times++)
      statuses.push((await connect(harness, { token: '', path: '/mcp/?token=x' }).refused()).refusedWith);
    expect([statuses, asked]).toEqual([[401, 401, 401, 429, 429, 429], 3]);
  });
});

describe('all connections', () => {
  it("are limited in number; one more closes the oldest one that is not a device's", async () => {
    harness = await startServer({ limits: { sockets: 10 } });
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await device.hello();
    const idle = Array.from({ length: 30 }, () => tcp());
    const ended = idle.map(untilClosed);
    await Promise.all(ended.slice(0, 20));
    expect((await http(harness, { path: '/healthz' })).status).toBe(200);
    expect(device.closeCode).toBeUndefined();
    expect(harness.metrics.of('chorus_handshakes_total{result=too_many_sockets}')).toBeGreaterThanOrEqual(20);
  });
});
