import { connect as connectTcp } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, DEVICE, HELLO, http, PEERS, postOta, startServer, tokenFor, type Harness } from './harness.js';

const EASY = { burst: 1e9, perSecond: 1e9 };
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
function heapBytes(): number {
  gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

/** Valid texts of a device. They are sent cut off or with changed bytes. */
const valid = [
  JSON.stringify(HELLO),
  '{"session_id":"s","type":"listen","state":"start","mode":"auto"}',
  '{"session_id":"s","type":"listen","state":"detect","text":"你好小智"}',
  '{"session_id":"s","type":"abort","reason":"wake_word_detected"}',
  '{"session_id":"s","type":"mcp","payload":{"jsonrpc":"2.0","id":1,' +
    '"result":{"content":[{"type":"text","text":"true"}]}}}',
];
const mutated = (samples: readonly string[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
      fc.nat(400),
      fc.boolean(),
    )
    .map(([sample, changes, cut, keep]) => {
      const bytes = Buffer.from(sample);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return keep ? bytes : bytes.subarray(0, cut);
    });
const frame = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 2, 100, 4000))
  .map(([head, more]) => Buffer.concat([head, Buffer.alloc(more)]));
const message = fc.oneof(
  { weight: 3, arbitrary: mutated(valid).map((data) => ({ data, binary: false })) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ data: Buffer.from(bytes), binary: false })),
  },
  { weight: 3, arbitrary: frame.map((data) => ({ data, binary: true })) },
);

describe('fuzzing the server through real sockets', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startServer({
      limits: { messages: EASY, deviceTextBytes: EASY, otaRequests: EASY, handshakes: EASY, failedHandshakes: EASY },
    });
  });
  // Closing fails if a task of the server has failed.
  afterEach(() => harness.close());

  it('JSON messages and frames of all versions: the connection stays open, and memory does not grow', async () => {
    const token = await tokenFor(harness);
    const sizes: number[] = [];
    for (let round = 0; round < 6; round++) {
      const device = await connect(harness, { token }).opened();
      await device.hello({ ...HELLO, version: (round % 3) + 1 });
      const session = await harness.host.session(round);
      const messages = fc.sample(message, 4000);
      for (const { data, binary } of messages) device.socket.send(data, { binary });
      device.send({ type: 'goodbye', session_id: 'the last' });
      await session.until((s) => s.messages.some((m) => 'session_id' in m && m.session_id === 'the last'));
      expect(device.closeCode).toBeUndefined();
      device.socket.terminate();
      await session.until((s) => s.closedTimes === 1);
      // What the fake session records must not be taken for growth of the server.
      session.messages.length = 0;
      session.packets.length = 0;
      sizes.push(heapBytes());
    }
    expect(sizes.at(-1)! - sizes[2]!).toBeLessThan(3_000_000);
    await expect.poll(() => harness.server.connections).toBe(0);
  }, 60_000);

  it('OTA bodies and headers: each gets an answer, never a 500', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json(),
      mutated(valid).map((b) => b.toString('latin1')),
    );
    const headerValue = fc.oneof(
      fc.stringMatching(/^[ -~]{0,60}$/),
      fc.constantFrom('zh-CN', 'board/2.4.2', 'a0:85:e3:f4:49:34', '%00', '../..'),
    );
    const headers = fc.dictionary(
      fc.constantFrom(
        'Device-Id',
        'Client-Id',
        'User-Agent',
        'Accept-Language',
        'Host',
        'X-Forwarded-For',
        'X-Forwarded-Host',
        'Origin',
        'X-Chorus-Local',
        'Content-Type',
        'Serial-Number',
      ),
      headerValue,
    );
    const path = fc.constantFrom(
      '/xiaozhi/ota/',
      '/xiaozhi/ota/activate',
      '/api/v1/pairing',
      '/api/v1/session',
      '/xiaozhi/ota/?x=%ff',
      '//xiaozhi//ota',
    );
    const calls = fc.sample(fc.tuple(path, headers, text), 1200);
    const statuses = new Set<number>();
    for (let i = 0; i < calls.length; i += 20) {
      const batch = calls.slice(i, i + 20).map(([p, h, body]) =>
        http(harness, {
          method: 'POST',
          path: p,
          headers: { ...(i % 40 === 0 && { 'Device-Id': DEVICE.deviceId, 'Client-Id': 'c' }), ...h },
          body,
          from: PEERS.lan,
        }),
      );
      for (const { status } of await Promise.all(batch)) statuses.add(status);
    }
    for (const status of statuses) expect([200, 202, 400, 401, 403, 404, 415, 421, 503]).toContain(status);
    expect((await postOta(harness)).status).toBe(200);
  }, 60_000);

  it('bytes that are no HTTP, and odd handshakes: refused, and the next client is served', async () => {
    const raw = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((b) => Buffer.from(b)),
      mutated([
        'GET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          'Device-Id: a0:85:e3:f4:49:34\r\nClient-Id: c\r\nAuthorization: Bearer x.1\r\n\r\n',
      ]),
    );
    await Promise.all(
      fc.sample(raw, 400).map(
        (bytes) =>
          new Promise<void>((resolve) => {
            const socket = connectTcp({ port: harness.port, host: '127.0.0.1', localAddress: PEERS.lan2 });
            socket.on('error', () => undefined);
            socket.on('close', () => resolve());
            socket.resume();
            socket.end(bytes);
          }),
      ),
    );
    expect(harness.host.sessions).toEqual([]);
    await (await connect(harness, { token: await tokenFor(harness) }).opened()).hello();
  }, 60_000);
});
