import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FRAME_DURATIONS_MS } from '../../../src/device/protocol/index.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import {
  connect,
  DEVICE,
  HELLO,
  OTA_BODY,
  PEERS,
  postOta,
  startServer,
  TestDevice,
  tokenFor,
  type Harness,
} from './harness.js';

const OTHER = { deviceId: 'a0:85:e3:f4:49:35', clientId: 'other-client' } as const;

describe('conformance: WebSocket handshake', () => {
  let harness: Harness;
  let clock: FakeClock;
  beforeEach(async () => {
    clock = new FakeClock();
    harness = await startServer({ clock });
  });
  afterEach(() => harness.close());

  it('15: a missing or wrong token, or that of another device or client, gets a 401 and no 101', async () => {
    const token = await tokenFor(harness);
    const others = await tokenFor(harness, OTHER);
    const bad = [
      {},
      { token: '' },
      { token: 'nonsense' },
      { token: others },
      { token: `${token.slice(0, -3)}AA.1` },
      { token: token.replace(/\d+$/, '2') },
      { token: `${token} x` },
      { token, clientId: OTHER.clientId },
      { token, deviceId: OTHER.deviceId },
      { token, deviceId: 'not-a-mac' },
      { token, clientId: '' },
    ];
    for (const options of bad) expect((await connect(harness, options).refused()).refusedWith).toBe(401);
    expect(harness.host.sessions).toEqual([]);
    await connect(harness, { token }).opened();
    expect(harness.metrics.of('chorus_handshakes_total{result=unauthorized}')).toBe(bad.length);
  });

  it('16, 18: Host without port, no Origin, headers in any case, token with or without Bearer', async () => {
    const token = await tokenFor(harness);
    const variants: Record<string, string>[] = [
      {
        'device-id': DEVICE.deviceId,
        'CLIENT-ID': DEVICE.clientId,
        AUTHORIZATION: `Bearer ${token}`,
        'protocol-VERSION': '1',
      },
      { 'DEVICE-ID': DEVICE.deviceId.toUpperCase(), 'client-id': DEVICE.clientId, authorization: token },
      {
        'Device-Id': DEVICE.deviceId,
        'Client-Id': DEVICE.clientId,
        Authorization: `bearer ${token}`,
        'Protocol-Version': '9',
      },
    ];
    for (const headers of variants) {
      const lines = [
        'GET /xiaozhi/v1/ HTTP/1.1',
        'Host: 192.168.1.5',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ];
      const text = [...lines, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join(
        '\r\n',
      );
      const answer = await rawAnswer(harness.port, text);
      expect(answer).toMatch(/^HTTP\/1\.1 101 /);
      expect(answer).not.toMatch(/sec-websocket-(protocol|extensions)/i);
    }
  });

  it('16: any path is a WebSocket path', async () => {
    const token = await tokenFor(harness);
    for (const path of ['/', '/xiaozhi/v1', '/xiaozhi/v1/?from=mqtt_gateway', '/elsewhere']) {
      const device = await connect(harness, { token, path }).opened();
      expect(await device.hello()).toMatchObject({ type: 'hello' });
    }
  });

  it('17: never negotiates permessage-deflate', async () => {
    const device = await connect(harness, {
      token: await tokenFor(harness),
      client: { perMessageDeflate: true },
    }).opened();
    expect(device.socket.extensions).toBe('');
  });

  it('19, 20, 21, 22: the hello reply comes at once with the members that the firmware reads', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    const reply = await device.hello();
    // The fake clock has not advanced, so the reply came at once.
    expect(reply).toMatchObject({
      type: 'hello',
      transport: 'websocket',
      audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: 60 },
    });
    expect(FRAME_DURATIONS_MS).toContain((reply.audio_params as { frame_duration: number }).frame_duration);
    expect(reply.session_id).toMatch(/^[A-Za-z0-9_-]+$/);
    const { connection } = await harness.host.session();
    expect(connection.identity).toEqual({
      ...DEVICE,
      sessionId: reply.session_id,
      language: 'zh-CN',
      timeZone: 'Europe/Berlin',
      firmwareVersion: '2.4.2',
      board: 'bread-compact-wifi',
      features: { mcp: true, aec: true },
    });
  });

  it('20: a hello that asks for UDP over a WebSocket is answered for the WebSocket', async () => {
    const client = await connect(harness, { token: await tokenFor(harness) }).opened();
    const reply = await client.hello({ ...HELLO, version: 3, transport: 'udp' });
    expect(reply).toMatchObject({ type: 'hello', transport: 'websocket' });
    expect(reply).not.toHaveProperty('udp');
  });

  it('23: a second hello gets no second reply', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await device.hello();
    device.send(HELLO);
    device.send({ type: 'abort' });
    const session = await (await harness.host.session()).until((s) => s.messages.length === 1);
    session.connection.send({ type: 'stt', text: 'after' });
    await device.until((d) => d.texts.length === 2);
    expect(device.texts.map((t) => t.type)).toEqual(['hello', 'stt']);
    expect(harness.host.sessions).toHaveLength(1);
  });

  it('24: nothing is sent before the hello reply, whatever the session sends at once', async () => {
    harness.host.onAccept = ({ connection }) => {
      connection.send({ type: 'mcp', payload: { jsonrpc: '2.0', id: 1, method: 'initialize' } });
      connection.sendAudio(Uint8Array.of(1, 2, 3), 60);
    };
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    device.send(Buffer.alloc(20));
    device.send({ type: 'listen', state: 'start', mode: 'auto' });
    expect(device.texts).toEqual([]);
    device.send(HELLO);
    await device.until((d) => d.binaries.length === 1);
    expect(device.texts.map((t) => t.type)).toEqual(['hello', 'mcp']);
    const session = await harness.host.session();
    expect([session.messages, session.packets]).toEqual([[], []]);
    expect(harness.metrics.of('chorus_messages_ignored_total{reason=audio_before_hello}')).toBe(1);
    expect(harness.metrics.of('chorus_messages_ignored_total{reason=before_hello}')).toBe(1);
  });

  it('25: a connection without a hello is closed after 10 s', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await expect.poll(() => harness.server.connections).toBe(1);
    await clock.advance(9900);
    expect(harness.server.connections).toBe(1);
    await clock.advance(200);
    expect((await device.closed()).closeCode).toBe(1008);
    await expect.poll(() => harness.server.connections).toBe(0);
  });

  it('26: a TCP close without a Close frame ends the session, once', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await device.hello();
    const session = await harness.host.session();
    device.socket.terminate();
    await session.until((s) => s.closedTimes === 1);
    await expect.poll(() => harness.server.connections).toBe(0);
    session.connection.send({ type: 'tts', state: 'stop' });
    session.connection.sendAudio(Uint8Array.of(1), 0);
    session.connection.close('late');
    await clock.advance(20_000);
    expect(session.closedTimes).toBe(1);
  });

  it('27: TCP ends a second after the close although no Close frame comes back', async () => {
    const token = await tokenFor(harness);
    const socket = connectTcp({ port: harness.port, host: '127.0.0.1', localAddress: PEERS.lan });
    socket.write(upgradeRequest(token));
    const firmware = silentFirmware(socket);
    await firmware.upgraded;
    socket.write(maskedText(JSON.stringify(HELLO)));
    const session = await harness.host.session();
    session.connection.close('enough');
    await session.until((s) => s.closedTimes === 1);
    await firmware.closeFrame;
    await clock.advance(900);
    expect(firmware.ended).toBe(false);
    await clock.advance(200);
    await firmware.end;
    await expect.poll(() => harness.server.connections).toBe(0);
    // The only pending timers are the server's regular checks: for idle connections, and for sessions of the page.
    expect(clock.pending).toBe(2);
  });

  it('pings a device during playback, except firmware that would lose the connection', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await device.hello();
    const { link } = (await harness.host.session()).connection;
    let pings = 0;
    device.socket.on('ping', () => (pings += 1));
    link?.look();
    // The server waits for the pong before it sends the next ping.
    await expect
      .poll(() => {
        link?.look(true);
        return pings;
      })
      .toBe(2);
    const old = { deviceId: 'a0:85:e3:f4:49:37', clientId: 'old' };
    const body = OTA_BODY.replaceAll('2.4.2', '1.8.9');
    const { websocket } = (await postOta(harness, old, { body })).ota;
    const second = await connect(harness, { ...old, token: websocket.token }).opened();
    await second.hello();
    expect((await harness.host.session(1)).connection.link).toBeUndefined();
  });

  it('28: closes before 120 s have passed without data to the device', async () => {
    const device = await connect(harness, { token: await tokenFor(harness) }).opened();
    await device.hello();
    const { connection } = await harness.host.session();
    await clock.advance(60_000);
    connection.send({ type: 'stt', text: 'still here' });
    // What the device sends does not reset the device's own timer, so it must not reset the server's either.
    await clock.advance(100_000);
    device.send({ type: 'listen', state: 'start', mode: 'auto' });
    expect(harness.server.connections).toBe(1);
    await clock.advance(19_000);
    expect((await device.closed()).closeCode).toBe(1000);
  });

  it('a page in a browser may give ids and token in the query, with the same check; others may not', async () => {
    const token = await tokenFor(harness);
    const page = (t: string, origin?: string): TestDevice =>
      new TestDevice(
        new WebSocket(
          `ws://127.0.0.1:${harness.port}/xiaozhi/v1/?${browserQuery(t)}`,
          origin === undefined ? {} : { origin },
        ),
      );
    await (await page(token, 'http://example.org').opened()).hello();
    expect((await page('wrong', 'http://example.org').refused()).refusedWith).toBe(401);
    expect((await page(token).refused()).refusedWith).toBe(401);
  });

  it('a page may offer its token as a sub-protocol, which is not sent back; others may not', async () => {
    const token = await tokenFor(harness);
    const ids = new URLSearchParams({ 'device-id': DEVICE.deviceId, 'client-id': DEVICE.clientId }).toString();
    const page = (offered: string[], origin?: string): TestDevice =>
      new TestDevice(
        new WebSocket(
          `ws://127.0.0.1:${harness.port}/xiaozhi/v1/?${ids}`,
          offered,
          origin === undefined ? {} : { origin },
        ),
      );
    const device = await page([`chorus.token.${token}`, 'chorus'], 'http://example.org').opened();
    await device.hello();
    expect(device.socket.protocol).toBe('chorus');
    expect((await page(['chorus', 'chorus.token.wrong'], 'http://example.org').refused()).refusedWith).toBe(401);
    expect((await page(['chorus', `chorus.token.${token}`]).refused()).refusedWith).toBe(401);
  });
});

function browserQuery(token: string): string {
  return new URLSearchParams({
    'device-id': DEVICE.deviceId,
    'client-id': DEVICE.clientId,
    authorization: `Bearer ${token}`,
  }).toString();
}

function upgradeRequest(token: string): string {
  const lines = [
    'GET /xiaozhi/v1/ HTTP/1.1',
    'Host: chorus',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return [
    ...lines,
    `Device-Id: ${DEVICE.deviceId}`,
    `Client-Id: ${DEVICE.clientId}`,
    `Authorization: Bearer ${token}`,
    'Protocol-Version: 1',
    '',
    '',
  ].join('\r\n');
}

/** The status line and headers with which the server answers this text. */
function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1', localAddress: PEERS.lan }, () => socket.write(text));
    let got = '';
    socket.on('error', reject);
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (!got.includes('\r\n\r\n')) return;
      socket.destroy();
      resolve(got);
    });
  });
}

function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
  // With a mask of zeros, the payload stays as it is.
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

/** Reads frames as the firmware does, and never answers a Close frame. */
function silentFirmware(socket: Socket): {
  upgraded: Promise<void>;
  closeFrame: Promise<void>;
  end: Promise<void>;
  readonly ended: boolean;
} {
  const state = { ended: false };
  let got = Buffer.alloc(0);
  let onUpgraded: (() => void) | undefined;
  let onCloseFrame: (() => void) | undefined;
  const upgraded = new Promise<void>((resolve) => (onUpgraded = resolve));
  const closeFrame = new Promise<void>((resolve) => (onCloseFrame = resolve));
  const end = new Promise<void>((resolve) =>
    socket.once('close', () => {
      state.ended = true;
      resolve();
    }),
  );
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    got = Buffer.concat([got, data]);
    const body = got.indexOf('\r\n\r\n');
    if (body >= 0) onUpgraded?.();
    // A Close frame begins with 0x88, a byte that JSON text cannot contain.
    if (body >= 0 && got.indexOf(0x88, body) >= 0) onCloseFrame?.();
  });
  return {
    upgraded,
    closeFrame,
    end,
    get ended() {
      return state.ended;
    },
  };
}
