import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame, type Framing } from '../../../src/device/protocol/index.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import type { FakeSession } from '../../fakes/fake-session-host.js';
import { connect, DEVICE, HELLO, startServer, tokenFor, type Harness, type TestDevice } from './harness.js';

const PACKET = Uint8Array.from([0x58, 1, 2, 3, 4, 5]);

/** Frames that contain a payload of six bytes, while their header says that it has `length`. */
const v2 = (length: number): Buffer =>
  Buffer.from([0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, length >> 8, length & 255, ...PACKET]);
const v3 = (length: number): Buffer => Buffer.from([0, 0, length >> 8, length & 255, ...PACKET]);

describe('conformance: framing and robustness', () => {
  let harness: Harness;
  let token: string;
  beforeEach(async () => {
    harness = await startServer();
    token = await tokenFor(harness);
  });
  afterEach(() => harness.close());

  async function open(hello: object = HELLO, version = '1'): Promise<{ device: TestDevice; session: FakeSession }> {
    const n = harness.host.sessions.length;
    const device = await connect(harness, { token, version }).opened();
    await device.hello(hello);
    return { device, session: await harness.host.session(n) };
  }

  it('29: downlink frames have the layout of the negotiated version with the real length', async () => {
    const headers = { 1: [], 2: [0, 2, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 6], 3: [0, 0, 0, 6] };
    for (const version of [1, 2, 3] as Framing[]) {
      const { device, session } = await open({ ...HELLO, version }, String(version));
      session.connection.sendAudio(PACKET, 0x01020304);
      const { binaries } = await device.until((d) => d.binaries.length === 1);
      expect(binaries).toEqual([Buffer.from([...headers[version], ...PACKET])]);
    }
  });

  it('29: the hello wins over the header; without a version in it the header counts; unknown is 1', async () => {
    const cases: [object, string, number][] = [
      [{ ...HELLO, version: 3 }, '2', 3],
      [{ type: 'hello', transport: 'websocket' }, '2', 2],
      [{ ...HELLO, version: 'three' }, '3', 3],
      [{ ...HELLO, version: 9 }, '8', 1],
    ];
    for (const [hello, header, framing] of cases) {
      const { device, session } = await open(hello, header);
      session.connection.sendAudio(PACKET, 5);
      const { binaries } = await device.until((d) => d.binaries.length === 1);
      expect(binaries[0]).toEqual(Buffer.from(encodeFrame(framing as Framing, PACKET, 5)));
    }
  });

  it('30: reads uplink payloads by the layout; a length beyond the frame drops only the frame', async () => {
    for (const [version, good, bad] of [
      [
        2,
        v2(6),
        [
          v2(7),
          v2(60_000),
          v2(6).subarray(0, 15),
          Buffer.from([0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]),
        ],
      ],
      [3, v3(6), [v3(7), v3(65_535), v3(6).subarray(0, 3)]],
    ] as [number, Buffer, Buffer[]][]) {
      const { device, session } = await open({ ...HELLO, version });
      for (const frame of [...bad, good]) device.send(frame);
      await session.until((s) => s.packets.length > 0);
      expect(session.packets).toEqual([PACKET]);
    }
    expect(harness.metrics.of('chorus_messages_ignored_total{reason=bad_frame}')).toBe(7);
  });

  it('31: a turn through the MQTT gateway: token of a brought key, bytes 0-7 zero both ways; no key: 401', async () => {
    const KEY = 'the secret that the gateway shares with the server';
    const seconds = Math.floor(Date.now() / 1000);
    const token = `${createHmac('sha256', KEY)
      .update(`${DEVICE.clientId}|${DEVICE.deviceId}|${seconds}`)
      .digest('base64url')}.${seconds}`;
    // The gateway connects in place of a remote device, whose address it passes on.
    const dial = (own: Harness): TestDevice =>
      connect(own, {
        token,
        version: '2',
        path: '/xiaozhi/v1/?from=mqtt_gateway',
        headers: { 'X-Forwarded-For': '203.0.113.7' },
      });
    expect((await dial(harness).refused()).refusedWith).toBe(401);

    const brought = { importedMs: Date.now(), days: 14, expireSeconds: 3600, tokens: [], listed: true, checked: true };
    const own = await startServer({ movingOver: { ...brought, keys: [KEY] } });
    try {
      const listed = { ...DEVICE, board: undefined, firmwareVersion: '2.4.2', language: 'zh-CN' };
      await own.store.adopt([{ ...listed, name: undefined, agentId: undefined }], Date.now());
      const gateway = await dial(own).opened();
      const { text_font: _, ...hello } = HELLO;
      expect(await gateway.hello({ ...hello, version: 2 })).toMatchObject({ type: 'hello', transport: 'websocket' });
      const session = await own.host.session(0);
      gateway.send({ type: 'listen', state: 'start', mode: 'auto' });
      for (const time of [1, 2])
        gateway.send(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, time, 0, 0, 0, 0, 6, ...PACKET]));
      expect((await session.until((s) => s.packets.length === 2)).packets).toEqual([PACKET, PACKET]);
      session.connection.sendAudio(PACKET, 0x01020304);
      const { binaries } = await gateway.until((d) => d.binaries.length === 1);
      // The gateway reads the time and the length from the frame.
      expect([...(binaries[0] ?? [])].slice(8)).toEqual([1, 2, 3, 4, 0, 0, 0, 6, ...PACKET]);
      gateway.socket.close();
      await gateway.closed();
      await expect.poll(() => own.server.connections).toBe(0);
    } finally {
      await own.close();
    }
  });

  it('32: empty packets are not sent', async () => {
    for (const version of [1, 2, 3]) {
      const { device, session } = await open({ ...HELLO, version });
      session.connection.sendAudio(new Uint8Array(), 0);
      session.connection.sendAudio(PACKET, 0);
      const { binaries } = await device.until((d) => d.binaries.length === 1);
      expect(binaries[0]!.length).toBeGreaterThanOrEqual(PACKET.length);
    }
  });

  it('33: packets of 0, 1 and 2 bytes are passed on (DTX)', async () => {
    for (const version of [1, 2, 3] as Framing[]) {
      const { device, session } = await open({ ...HELLO, version });
      const empty = version === 1 ? Buffer.alloc(0) : Buffer.alloc(version === 2 ? 16 : 4);
      device.send(empty);
      for (const length of [1, 2]) device.send(Buffer.from(encodeFrame(version, new Uint8Array(length), 0)));
      await session.until((s) => s.packets.length === 3);
      expect(session.packets.map((p) => p.length)).toEqual([0, 1, 2]);
    }
  });

  it('65: a device without features converses', async () => {
    for (const hello of [
      { type: 'hello', version: 1, transport: 'websocket', audio_params: HELLO.audio_params },
      { type: 'hello' },
      { ...HELLO, features: 'none' },
    ]) {
      const { device, session } = await open(hello);
      expect(session.connection.identity.features).toEqual({ mcp: false, aec: false });
      device.send({ type: 'listen', state: 'start', mode: 'manual' });
      await session.until((s) => s.messages.length === 1);
    }
  });

  it('68, 69: unknown, legacy, malformed and unparsable messages are counted and ignored', async () => {
    const { device, session } = await open();
    const odd = [
      '{"type":"ping"}',
      '{"type":"server","action":"restart"}',
      '{"type":"listen","state":"sing"}',
      '{"type":"__proto__"}',
      '{"type":7}',
      '{}',
      '[]',
      'null',
      '"hello"',
      '{"type":"mcp","payload":{"error":{"message":"said "no""}}}',
      '{"type":"listen","state":"detect","text":"quote " in it"}',
      '',
      '\u0000',
    ];
    for (const text of odd) device.send(text);
    device.socket.send(Buffer.from([0x7b, 0xff, 0xfe, 0xe4, 0xbd]), { binary: false });
    device.send({ type: 'iot', descriptors: [] });
    device.send({ type: 'listen', state: 'start', mode: 'unheard-of' });
    await session.until((s) => s.messages.length === 2);
    expect(session.messages).toEqual([
      { type: 'iot', descriptors: [] },
      { type: 'listen', state: 'start', mode: 'auto' },
    ]);
    expect(harness.metrics.of('chorus_messages_ignored_total')).toBe(odd.length + 1);
    expect(device.closeCode).toBeUndefined();
  });

  it('70: a wrong session_id is not a reason to refuse', async () => {
    const { device, session } = await open();
    for (const session_id of ['stale', '', 7]) device.send({ session_id, type: 'abort' });
    await session.until((s) => s.messages.length === 3);
    expect(harness.metrics.of('chorus_messages_ignored_total')).toBe(0);
  });

  it('71: a second connection of a device replaces the first', async () => {
    const first = await open();
    const second = await open();
    expect((await first.device.closed()).closeCode).toBe(4001);
    await first.session.until((s) => s.closedTimes === 1);
    second.device.send({ type: 'abort' });
    await second.session.until((s) => s.messages.length === 1);
    expect(first.session.messages).toEqual([]);
    await expect.poll(() => harness.server.connections).toBe(1);
    // Another device does not lose its connection.
    const other = { ...DEVICE, deviceId: 'a0:85:e3:f4:49:99' };
    await connect(harness, { ...other, token: await tokenFor(harness, other) }).opened();
    await expect.poll(() => harness.server.connections).toBe(2);
  });

  it('oversized messages are dropped and counted; only repeating it ends the connection, with 1009', async () => {
    const { device, session } = await open();
    for (let i = 0; i < 5; i++) {
      device.send(Buffer.alloc(4097));
      device.send(JSON.stringify({ type: 'abort', reason: 'x'.repeat(65_536) }));
    }
    device.send(Buffer.alloc(4096));
    await session.until((s) => s.packets.length === 1);
    expect(harness.metrics.of('chorus_messages_ignored_total{reason=too_large}')).toBe(10);
    device.send(Buffer.alloc(4097));
    expect((await device.closed()).closeCode).toBe(1009);
    await session.until((s) => s.closedTimes === 1);
    expect(session.messages).toEqual([]);
    const huge = await open();
    huge.device.send(Buffer.alloc(300_000));
    expect((await huge.device.closed()).closeCode).toBe(1009);
  });

  it('a flood of messages is dropped beyond the rate, and does not end the connection', async () => {
    const { device, session } = await open();
    for (let i = 0; i < 2000; i++) device.send({ type: 'abort' });
    await expect
      .poll(() => harness.metrics.of('chorus_messages_ignored_total{reason=too_many}') + session.messages.length)
      .toBe(2000);
    expect(session.messages.length).toBeGreaterThanOrEqual(299);
    expect(session.messages.length).toBeLessThan(1000);
    expect(device.closeCode).toBeUndefined();
  });

  it('audio beyond the allowance for a bad link is accepted in real time, and a flooding device is muted', async () => {
    await harness.close();
    const clock = new FakeClock();
    harness = await startServer({ clock });
    token = await tokenFor(harness);
    const { device, session } = await open();
    let sent = 0;
    const heard = async (packets: number): Promise<number> => {
      const before = session.packets.length;
      for (let i = 0; i < packets; i++) device.send(Buffer.from(PACKET));
      sent += packets;
      await expect
        .poll(
          () =>
            harness.metrics.of('chorus_messages_ignored_total{reason=faster_than_real_time}') + session.packets.length,
        )
        .toBe(sent);
      return session.packets.length - before;
    };
    // Sends as many packets as the limit of messages allows. The hello was a message, too.
    expect(await heard(299)).toBe(299);
    const flooded: number[] = [];
    for (let tenth = 0; tenth < 20; tenth++) {
      await clock.advance(100);
      flooded.push(await heard(6));
    }
    // Of the allowance of 20 s, 2.06 s are left. Each tenth of a second adds 0.11 s. In packets of 60 ms, that is
    // enough for 6 packets eight times, and then for 2. After that the device has exceeded its allowance.
    expect(flooded).toEqual([6, 6, 6, 6, 6, 6, 6, 6, 2, ...Array<number>(11).fill(0)]);
    expect(device.closeCode).toBeUndefined();
    // Connecting again does not restore the allowance.
    device.socket.terminate();
    await device.closed();
    const again = await open();
    again.device.send(Buffer.from(PACKET));
    await expect
      .poll(
        () =>
          harness.metrics.of('chorus_messages_ignored_total{reason=faster_than_real_time}') + session.packets.length,
      )
      .toBe(sent + 1);
    expect(again.session.packets).toEqual([]);
    // After a second without audio, the device's audio is accepted again.
    await clock.advance(1000);
    again.device.send(Buffer.from(PACKET));
    await expect.poll(() => again.session.packets.length).toBe(1);
  });

  it('a defect in one session ends that session, not the server', async () => {
    harness.host.onAccept = () => {
      throw new Error('defect');
    };
    const device = await connect(harness, { token }).opened();
    device.send(HELLO);
    expect((await device.closed()).closeCode).toBe(1011);
    harness.host.onAccept = undefined;
    const { session, device: next } = await open();
    session.onAudio = () => {
      throw new Error('defect');
    };
    next.send(Buffer.from(PACKET));
    expect((await next.closed()).closeCode).toBe(1011);
    await session.until((s) => s.closedTimes === 1);
  });

  it('a device that stops reading is disconnected when too many bytes are unsent', async () => {
    const { device, session } = await open();
    device.socket.pause();
    const big = new Uint8Array(60_000);
    for (let i = 0; i < 400 && session.connection.bufferedBytes() <= 1024 * 1024; i++) {
      session.connection.sendAudio(big, 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await session.until((s) => s.closedTimes === 1);
    await expect.poll(() => harness.server.connections).toBe(0);
    device.socket.terminate();
  });
});
