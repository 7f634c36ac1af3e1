import { connect as connectTcp } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  connect,
  HELLO,
  postOta,
  PEERS,
  startServer,
  tokenFor,
  type Harness,
  type TestDevice,
} from '../conformance/harness.js';
import { hostileFrame, hostileHttp, hostileText } from './hostile.js';

/**
 * For each of the three kinds; longer with CHORUS_FUZZ_SECONDS. How many were sent is printed: a request or a frame
 * takes a connection of its own, 1 ms of CPU for both ends in one process; a text takes 0.05 ms.
 */
const SECONDS = Number(process.env['CHORUS_FUZZ_SECONDS'] ?? 4);
/** Made at a time, and sent at the same time. */
const MADE = 500;
const AT_ONCE = 60;
const TEXTS_A_TURN = 20;
/** Nobody waits for more of a request that is not whole. */
const GONE_AFTER_MS = 300;
const EASY = { burst: 1e9, perSecond: 1e9 };
const TIMEOUT_MS = 60_000 + SECONDS * 3000;
/** The packets that a device holds when the server is late (docs/protocol.md 4.3). */
const LEAD_MS = 600;
const TICK_MS = 20;
const ATTACKER = { deviceId: '02:00:00:00:00:77', clientId: 'c' };

let harness: Harness;
beforeEach(
  async () =>
    (harness = await startServer({
      limits: { closeGraceMs: 50, helloDeadlineMs: 200, handshakes: EASY, pipelined: EASY },
    })),
);
// Fails when a task of the server has failed; an unhandled rejection fails the run.
afterEach(() => harness.close());

/**
 * One device that is spoken to, a packet each 20 ms. `holes`: how often the server took longer than the device has in
 * hand, by work of its own: a test machine that is busy with others is not its fault.
 */
async function talking(): Promise<{ holes(): number; packets(): number; stop(): void; device: TestDevice }> {
  const device = await connect(harness, { token: await tokenFor(harness) }).opened();
  await device.hello(HELLO);
  const { connection } = await harness.host.session();
  let last = { ms: performance.now(), cpu: process.cpuUsage() };
  let holes = 0;
  const timer = setInterval(() => {
    const now = { ms: performance.now(), cpu: process.cpuUsage() };
    const spent = process.cpuUsage(last.cpu);
    if (now.ms - last.ms > LEAD_MS && (spent.user + spent.system) / 1000 > LEAD_MS) holes += 1;
    last = now;
    connection.sendAudio(new Uint8Array([0xf8, 1, 2]), 0);
  }, TICK_MS);
  return { device, holes: () => holes, packets: () => device.binaries.length, stop: () => clearInterval(timer) };
}

/** Sends hostile ones until the time is over, so many at once, and none waits for the slowest. */
async function flood(
  what: string,
  arbitrary: fc.Arbitrary<Buffer>,
  each: (bytes: Buffer) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  const endMs = performance.now() + SECONDS * 1000;
  let made: Buffer[] = [];
  let sentOnes = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < endMs) {
      if (made.length === 0) made = fc.sample(arbitrary, MADE);
      const one = made.pop();
      if (one) await each(one);
      sentOnes += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  console.log(`${sentOnes} hostile ${what} in ${SECONDS} s`);
  expect(sentOnes).toBeGreaterThan(SECONDS * 50);
}

/** Over a connection of its own, until that is closed. */
function sent(bytes: Buffer, localAddress: string = PEERS.lan2): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectTcp({ port: harness.port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined);
    const timer = setTimeout(() => socket.destroy(), GONE_AFTER_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
    socket.end(bytes);
  });
}

/** Whether who is spoken to heard everything, and others are answered. */
async function served(talk: Awaited<ReturnType<typeof talking>>): Promise<unknown> {
  const before = talk.packets();
  await expect.poll(() => talk.packets()).toBeGreaterThan(before);
  talk.stop();
  return { closed: talk.device.closeCode, holes: talk.holes(), ota: (await postOta(harness)).status };
}
const WELL = { closed: undefined, holes: 0, ota: 200 };

it('hostile HTTP requests end, and who is spoken to hears no hole', { timeout: TIMEOUT_MS }, async () => {
  const talk = await talking();
  await flood('requests', hostileHttp, (bytes) => sent(bytes));
  expect(await served(talk)).toEqual(WELL);
});

it('so do hostile texts and frames of a paired device', { timeout: TIMEOUT_MS }, async () => {
  const talk = await talking();
  const { ota } = await postOta(harness, ATTACKER, { from: PEERS.lan2 });
  const upgrade = (): Buffer =>
    Buffer.from(
      'GET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Device-Id: ${ATTACKER.deviceId}\r\nClient-Id: ${ATTACKER.clientId}\r\n` +
        `Authorization: Bearer ${ota.websocket.token}\r\n\r\n`,
    );
  await flood('frames', hostileFrame, (bytes) => sent(Buffer.concat([upgrade(), bytes])));
  let device = await connect(harness, { ...ATTACKER, token: ota.websocket.token, from: PEERS.lan2 }).opened();
  let texts = 0;
  const send = async (bytes: Buffer): Promise<void> => {
    if (device.closeCode !== undefined)
      device = await connect(harness, { ...ATTACKER, token: ota.websocket.token, from: PEERS.lan2 }).opened();
    device.socket.send(bytes, { binary: false });
    // Others of this process have their turn, the server among them.
    if (++texts % TEXTS_A_TURN === 0) await setImmediate();
  };
  await flood('texts', hostileText, send, 1);
  device.socket.terminate();
  expect(await served(talk)).toEqual(WELL);
});
