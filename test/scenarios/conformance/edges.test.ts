import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Scope, silentLogger, systemClock } from '../../../src/core/index.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import {
  connect,
  DEVICE,
  http,
  OTA_BODY,
  otaHeaders,
  PEERS,
  postOta,
  startServer,
  tokenFor,
  type Harness,
} from './harness.js';

/** Waits until the server closes the connection. Resolves with everything that was received. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    socket.on('data', (data) => (got += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got));
  });
}

describe('the edges of the server', () => {
  let harness: Harness;
  afterEach(() => harness.close());
  const tcp = (from: string = PEERS.lan): Socket =>
    connectTcp({ port: harness.port, host: '127.0.0.1', localAddress: from });

  it('ends requests that never finish arriving (slow loris), before and after the headers', async () => {
    harness = await startServer({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 600 } });
    const [silent, header, body] = [tcp(), tcp(), tcp()];
    header.write('POST /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\nX-A: ');
    body.write(
      `POST /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\nDevice-Id: ${DEVICE.deviceId}\r\n` +
        'Client-Id: c\r\nContent-Length: 1000\r\n\r\n{',
    );
    const [none, slowHeader, slowBody] = await Promise.all([silent, header, body].map((socket) => untilClosed(socket)));
    expect(none).not.toContain('200');
    expect(slowHeader).toMatch(/^HTTP\/1\.1 408 /);
    expect(slowBody).toMatch(/^HTTP\/1\.1 408 /);
    // A WebSocket handshake cannot be dragged out either, because the time limit for headers applies to it.
    const upgrade = tcp();
    upgrade.write('GET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
    expect(await untilClosed(upgrade)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('refuses oversized bodies and headers, and keeps running', async () => {
    harness = await startServer();
    expect((await postOta(harness, DEVICE, { body: 'x'.repeat(33 * 1024) })).status).toBe(413);
    expect((await postOta(harness, DEVICE, { headers: { 'X-Big': 'x'.repeat(17 * 1024) } })).status).toBe(431);
    expect((await postOta(harness)).status).toBe(200);
  });

  it('refuses malformed requests and injected headers', async () => {
    harness = await startServer();
    const evil = [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n',
      'POST /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /xiaozhi/ota/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    ];
    for (const text of evil) {
      const socket = tcp();
      socket.write(text);
      expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 400 /);
    }
    const ids: Record<string, string>[] = [
      { 'Device-Id': 'x' },
      { 'Device-Id': `${DEVICE.deviceId}"` },
      { 'Device-Id': '../../etc' },
      { 'Client-Id': 'with space' },
      { 'Client-Id': 'c'.repeat(129) },
    ];
    for (const headers of ids) expect((await postOta(harness, DEVICE, { body: '', headers })).status).toBe(400);
    // If the Host header is not valid, no part of it may be in the answer.
    for (const host of ['a"b', 'x/../y', 'a b', '[::1]:80']) {
      const { status, text } = await postOta(harness, DEVICE, { headers: { Host: host } });
      expect([200, 400, 503]).toContain(status);
      expect(text).not.toContain(host);
    }
  });

  it('advertises an address at which the device can reach the server again', async () => {
    harness = await startServer({ trustedProxies: [PEERS.proxy] });
    const url = async (headers: Record<string, string>, from: string = PEERS.lan): Promise<string | undefined> =>
      (await postOta(harness, DEVICE, { headers, from })).ota.websocket?.url;
    expect(await url({ Host: 'chorus.local' })).toBe(`ws://chorus.local:${harness.port}/xiaozhi/v1/`);
    expect(await url({ Host: 'chorus.local:9000' })).toBe('ws://chorus.local:9000/xiaozhi/v1/');
    // Whatever Host another machine sends, it is never told a name that means only this machine.
    for (const host of ['127.0.0.1:8000', 'localhost', '0.0.0.0:8000'])
      expect((await url({ Host: host })) ?? '').not.toMatch(/127\.|localhost|0\.0\.0\.0/);
    expect(await url({ Host: '127.0.0.1:8000' }, PEERS.loopback)).toBe('ws://127.0.0.1:8000/xiaozhi/v1/');
    // Headers of a proxy are used only if they come from a trusted proxy.
    const forwarded = {
      Host: '10.0.0.9:8000',
      'X-Forwarded-Host': 'voice.example.org',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': '203.0.113.9',
    };
    expect(await url(forwarded)).toBe('ws://10.0.0.9:8000/xiaozhi/v1/');
    expect(await url(forwarded, PEERS.proxy)).toBe('wss://voice.example.org:443/xiaozhi/v1/');
    await harness.close();
    harness = await startServer({ publicUrl: 'https://voice.example.org/chorus' });
    expect(await url({ Host: 'anything' })).toBe('wss://voice.example.org:443/chorus/xiaozhi/v1/');
    await harness.close();
    harness = await startServer({ publicPort: 18_000 });
    expect(await url({ Host: '192.168.1.5' })).toBe('ws://192.168.1.5:18000/xiaozhi/v1/');
  });

  it('tells people that it works, in their language', async () => {
    harness = await startServer();
    const zh = await http(harness, {
      path: '/xiaozhi/ota/',
      headers: { Host: '192.168.1.5:8000', 'Accept-Language': 'zh-CN,zh;q=0.9,en;q=0.8' },
    });
    expect(zh.status).toBe(200);
    expect(zh.text).toContain('工作正常');
    expect(zh.text).toContain('http://192.168.1.5:8000/xiaozhi/ota/');
    expect(zh.text).toContain('ws://192.168.1.5:8000/xiaozhi/v1/');
    const en = await http(harness, {
      path: '/xiaozhi/ota/',
      headers: { Host: '192.168.1.5:8000', 'Accept-Language': 'de-DE' },
    });
    expect(en.text).toContain('OTA address works');
    expect((await http(harness, { path: '/nothing' })).status).toBe(404);
  });

  it('answers pages of any origin on OTA only', async () => {
    harness = await startServer();
    const preflight = await http(harness, {
      method: 'OPTIONS',
      path: '/xiaozhi/ota/',
      headers: {
        Origin: 'http://example.org',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'device-id',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.headers['access-control-allow-headers']).toMatch(/Device-Id.*Client-Id/);
    expect(
      (await postOta(harness, DEVICE, { headers: { Origin: 'http://example.org' } })).headers[
        'access-control-allow-origin'
      ],
    ).toBe('*');
    for (const path of ['/healthz', '/metrics', '/api/v1/devices'])
      expect((await http(harness, { path })).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it("gives details and metrics only under the server's names, not under a foreign name that points here", async () => {
    harness = await startServer({
      metricsToken: 'for-prometheus',
      publicUrl: 'https://voice.example.org',
      admin: { hosts: () => ['Talk.example.org'] },
    });
    const asked = async (host: string, more: Record<string, string> = {}): Promise<unknown[]> => {
      const [metrics, ready] = await Promise.all(
        ['/metrics', '/readyz'].map((path) => http(harness, { path, headers: { host, ...more } })),
      );
      return [metrics?.status, ready?.status, ready?.json['details'] !== undefined];
    };
    for (const host of ['evil.example', 'evil.example:8300'])
      expect([host, await asked(host)]).toEqual([host, [403, 200, false]]);
    for (const host of [
      '192.168.1.5:8000',
      'localhost',
      'chorus',
      'nas.local',
      'voice.example.org',
      'talk.example.org',
    ])
      expect([host, await asked(host)]).toEqual([host, [200, 200, true]]);
    expect(await asked('evil.example', { authorization: 'Bearer for-prometheus' })).toEqual([200, 200, true]);
  });

  it('gives health to everybody, details and metrics only to this network or with the token', async () => {
    harness = await startServer({ metricsToken: 'the-token', trustedProxies: [PEERS.proxy] });
    expect((await http(harness, { path: '/healthz', from: PEERS.public })).json).toEqual({ status: 'ok' });
    const see = async (from: string, headers: Record<string, string> = {}): Promise<[boolean, number]> => [
      'details' in (await http(harness, { path: '/readyz', from, headers })).json,
      (await http(harness, { path: '/metrics', from, headers })).status,
    ];
    for (const from of [PEERS.loopback, PEERS.lan, PEERS.own]) expect(await see(from)).toEqual([true, 200]);
    for (const from of [PEERS.public, PEERS.gateway]) expect(await see(from)).toEqual([false, 403]);
    expect(await see(PEERS.lan, { 'X-Forwarded-For': '192.168.7.7' })).toEqual([false, 403]);
    expect(await see(PEERS.proxy, { 'X-Forwarded-For': '192.168.7.7' })).toEqual([true, 200]);
    expect(await see(PEERS.proxy, { 'X-Forwarded-For': '192.168.7.7, 203.0.113.1' })).toEqual([false, 403]);
    expect(await see(PEERS.public, { Authorization: 'Bearer the-token' })).toEqual([true, 200]);
    expect(await see(PEERS.public, { Authorization: 'Bearer wrong' })).toEqual([false, 403]);
  });

  it('limits OTA requests, handshakes, failed handshakes and connections per address', async () => {
    const clock = new FakeClock();
    const limits = {
      otaRequests: { burst: 5, perSecond: 1 },
      handshakes: { burst: 6, perSecond: 1 },
      failedHandshakes: { burst: 2, perSecond: 1 },
    };
    harness = await startServer({ clock, limits });
    const token = await tokenFor(harness);
    for (let i = 0; i < 4; i++) expect((await postOta(harness)).status).toBe(200);
    expect((await postOta(harness)).status).toBe(429);
    expect((await postOta(harness, DEVICE, { from: PEERS.lan2 })).status).toBe(200);
    await clock.advance(1000);
    expect((await postOta(harness)).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await connect(harness, { token: 'wrong' }).refused()).refusedWith).toBe(401);
    expect((await connect(harness, { token: 'wrong' }).refused()).refusedWith).toBe(429);
    // Even now the right token is accepted: it cannot be guessed, and its device may have the same address as somebody
    // who guesses.
    await connect(harness, { token }).opened();
    await connect(harness, { token, from: PEERS.lan2 }).opened();
    await clock.advance(1000);
    // Of six attempts, three failures and one success have used four. The time that passed has added one.
    for (let i = 0; i < 3; i++) await connect(harness, { token }).opened();
    expect((await connect(harness, { token }).refused()).refusedWith).toBe(429);
    expect(harness.metrics.of('chorus_handshakes_total{result=rate_limited}')).toBe(2);
  });

  it('limits the sockets of one address, including silent ones', async () => {
    const warnings: [string, unknown][] = [];
    harness = await startServer({
      limits: { connectionsPerAddress: 5 },
      log: { ...silentLogger, warn: (message, fields) => void warnings.push([message, fields]) },
    });
    const sockets = Array.from({ length: 5 }, () => tcp());
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    // The server accepts connections in order, so these come after the five.
    for (let i = 0; i < 3; i++) expect(await untilClosed(tcp())).toBe('');
    // An operator with many devices behind one router is told by one log line, not by thousands.
    expect(warnings).toEqual([
      [
        'an address has as many connections as it may: server.max_connections_per_address',
        { problem: 'inbound.address_full', address: PEERS.lan, connections: 5 },
      ],
    ]);
    expect((await http(harness, { path: '/healthz', from: PEERS.lan2 })).status).toBe(200);
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.destroy().once('close', resolve))));
    await expect
      .poll(async () => (await http(harness, { path: '/healthz', from: PEERS.lan }).catch(() => undefined))?.status)
      .toBe(200);
  });

  it('survives clients that disconnect during the handshake', async () => {
    harness = await startServer();
    const token = await tokenFor(harness);
    for (let i = 0; i < 30; i++) {
      const socket = tcp();
      socket.on('error', () => undefined);
      socket.write(
        'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          `Device-Id: ${DEVICE.deviceId}\r\nClient-Id: ${DEVICE.clientId}\r\n` +
          `Authorization: ${i % 2 ? token : 'wrong'}\r\n\r\n`,
        () => (i % 3 ? socket.destroy() : socket.resetAndDestroy()),
      );
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await (await connect(harness, { token }).opened()).hello();
    await expect.poll(() => harness.server.connections).toBe(1);
  });

  it('answers 500 to this request if the store fails, and keeps running', async () => {
    harness = await startServer();
    const token = await tokenFor(harness);
    await harness.store.close();
    expect((await postOta(harness)).json).toEqual({ error: 'store.failed' });
    expect((await connect(harness, { token }).refused()).refusedWith).toBe(500);
    expect((await http(harness, { path: '/healthz' })).status).toBe(200);
  });

  it('drains: refuses new devices, keeps conversations, ends with the last one or at the deadline', async () => {
    const clock = new FakeClock();
    harness = await startServer({ clock });
    const token = await tokenFor(harness);
    const device = await connect(harness, { token }).opened();
    await device.hello();
    let drained = 0;
    const enough = new AbortController();
    const first = harness.server.drain(enough.signal).then(() => (drained += 1));
    expect((await http(harness, { path: '/readyz' })).json).toMatchObject({ ready: false, draining: true });
    expect((await http(harness, { path: '/healthz' })).status).toBe(200);
    expect((await connect(harness, { token }).refused()).refusedWith).toBe(503);
    await clock.advance(4900);
    expect(drained).toBe(0);
    enough.abort();
    await first;
    const second = harness.server.drain(new AbortController().signal);
    device.socket.terminate();
    await second;
    expect(harness.server.connections).toBe(0);
  });

  it('closes even if connected devices never answer, and leaves no task running', async () => {
    const scope = new Scope('test', (_name, error) => {
      throw error;
    });
    harness = await startServer({ scope, clock: systemClock, limits: { closeGraceMs: 50 } });
    const devices = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const ids = { deviceId: `02:00:00:00:00:0${n}`, clientId: 'c' };
        return connect(harness, { ...ids, token: await tokenFor(harness, ids) }).opened();
      }),
    );
    await devices[0]!.hello();
    devices[1]!.socket.pause();
    const idle = tcp();
    const ended = untilClosed(idle);
    await scope.close();
    await Promise.all([devices[0]!.closed(), devices[2]!.closed(), ended]);
    expect(devices[0]!.closeCode).toBe(1001);
    expect(scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
    expect(harness.server.address()).toBeUndefined();
    devices[1]!.socket.terminate();
  });

  it('names the port that is in use', async () => {
    harness = await startServer();
    await expect(startServer({ port: harness.port })).rejects.toMatchObject({
      code: 'server.port_in_use',
      message: expect.stringContaining(String(harness.port)) as string,
    });
    await expect(startServer({ host: '203.0.113.7' })).rejects.toMatchObject({ code: 'server.listen_failed' });
  });

  it('reads an OTA request whose body comes in pieces and without a length', async () => {
    harness = await startServer();
    const socket = tcp();
    const lines = Object.entries(otaHeaders(DEVICE.deviceId, DEVICE.clientId)).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(
      `POST /xiaozhi/ota/ HTTP/1.1\r\n${lines.join('')}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    socket.write(`${OTA_BODY.length.toString(16)}\r\n${OTA_BODY}\r\n0\r\n\r\n`);
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
