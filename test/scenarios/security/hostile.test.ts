import { connect as connectTcp, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
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
import { framed, Hostile, PIPELINED, PIPELINED_REQUESTS } from './hostile.js';

/**
 * How many inputs of each kind to send, a million in total. The test prints how many were sent. With both ends in one
 * process, a request costs 0.2 ms of CPU time, a frame 0.015 ms, and a text 0.02 ms. Requests that do not wait for an
 * answer are not counted.
 */
const MILLION = { requests: 60_000, frames: 450_000, texts: 490_000 } as const;
/**
 * After this many seconds, a kind of input ends. On a slow or busy machine, fewer inputs have then been sent. To send
 * the whole million there: `CHORUS_FUZZ_SECONDS=300 npx vitest run test/scenarios/security/hostile.test.ts`.
 * CHORUS_FUZZ_SEED sets another seed.
 */
const SECONDS = Number(process.env['CHORUS_FUZZ_SECONDS'] ?? 8);
const SEED = Number(process.env['CHORUS_FUZZ_SEED'] ?? 20_261_129);
/** This share of each kind must be sent even on the slowest machine. */
const LEAST_SHARE = 0.01;
const TIMEOUT_MS = 60_000 + SECONDS * 3000;

const REQUESTS_AT_ONCE = 100;
/** After this many requests, another address is used, because each address is limited. */
const REQUESTS_OF_A_CONNECTION = 200;
/** One in this many connections sends requests without waiting for answers. */
const PIPELINES_ONE_IN = 100;
/**
 * After this many ticks, the client gives up a request that it has not completed. There is at most one tick in each
 * turn of the event loop, so it does not give up just because the machine is busy.
 */
const GONE_AFTER_TICKS = 15;
const FLOODERS = 8;
const FRAMES_A_TURN = 20;
const TURNS_OF_A_CONNECTION = 100;

const EASY = { burst: 1e9, perSecond: 1e9 };
/** How much audio a device still has in its queue when the server sends late (docs/protocol.md 4.3). */
const LEAD_MS = 600;
const TICK_MS = 20;

let harness: Harness;
let hostile: Hostile;
beforeEach(async () => {
  hostile = new Hostile(SEED);
  // Limits are high, because the server must read as much as possible here. Other tests cover the limits.
  const limits = { messages: EASY, deviceTextBytes: EASY, handshakes: EASY, pipelined: EASY, requests: EASY };
  harness = await startServer({ limits: { ...limits, closeGraceMs: 50, helloDeadlineMs: 500 } });
});
// Closing fails if a task of the server has failed. A rejection that is not handled fails the whole test run.
afterEach(() => harness.close());

/**
 * A device that is sent speech, one packet every 20 ms. `holes` counts how often the server's own work delayed a packet
 * by more than the device had queued. Delays because of other programs on this machine are not counted.
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

/** Stops the speech after one more packet. Returns what went wrong for its device, and how another one is answered. */
async function served(talk: Awaited<ReturnType<typeof talking>>): Promise<unknown> {
  const before = talk.packets();
  await expect.poll(() => talk.packets()).toBeGreaterThan(before);
  talk.stop();
  return { closed: talk.device.closeCode, holes: talk.holes(), ota: (await postOta(harness)).status };
}
const WELL = { closed: undefined, holes: 0, ota: 200 };

/** Destroys sockets for which nothing has happened for too long. */
class Patience {
  readonly #left = new Map<Socket, number>();
  readonly #timer = setInterval(() => {
    for (const [socket, left] of this.#left) {
      if (left > 0) this.#left.set(socket, left - 1);
      else socket.destroy();
    }
  }, TICK_MS);

  /** Restarts the wait for this socket. */
  wait(socket: Socket): void {
    if (!this.#left.has(socket)) socket.once('close', () => this.#left.delete(socket));
    this.#left.set(socket, GONE_AFTER_TICKS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

class Flood {
  sent = 0;
  readonly patience = new Patience();
  readonly #beganMs = performance.now();

  constructor(private readonly kind: keyof typeof MILLION) {}

  get over(): boolean {
    return this.sent >= MILLION[this.kind] || performance.now() - this.#beganMs > SECONDS * 1000;
  }

  report(more = ''): void {
    this.patience.stop();
    const seconds = ((performance.now() - this.#beganMs) / 1000).toFixed(1);
    console.log(`${this.sent} hostile ${this.kind} in ${seconds} s (of ${MILLION[this.kind]})${more}`);
    expect(this.sent).toBeGreaterThan(MILLION[this.kind] * LEAST_SHARE);
  }
}

function tcp(localAddress: string): Socket {
  const socket = connectTcp({ port: harness.port, host: '127.0.0.1', localAddress });
  return socket.on('error', () => undefined).setNoDelay(true);
}

const closed = (socket: Socket): Promise<void> =>
  socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));

/**
 * Sends requests over one connection, each after the answer to the previous one, until a request ends the connection.
 */
function ask(flood: Flood, localAddress: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = tcp(localAddress);
    let asked = 0;
    let ended = false;
    const next = (): void => {
      if (ended) return;
      if (flood.over || asked >= REQUESTS_OF_A_CONNECTION) {
        socket.destroy();
        return;
      }
      const { bytes, ends } = hostile.request();
      ended = ends;
      asked += 1;
      flood.sent += 1;
      flood.patience.wait(socket);
      if (ends) socket.end(bytes);
      else socket.write(bytes);
    };
    socket.on('connect', next);
    socket.on('data', next);
    socket.on('close', () => resolve());
  });
}

async function pipeline(localAddress: string): Promise<void> {
  const socket = tcp(localAddress).resume();
  socket.end(PIPELINED_REQUESTS);
  await closed(socket);
}

it('hostile HTTP requests end, and a device that plays speech has no gap', { timeout: TIMEOUT_MS }, async () => {
  const talk = await talking();
  const flood = new Flood('requests');
  let connections = 0;
  let pipelined = 0;
  const client = async (): Promise<void> => {
    while (!flood.over) {
      connections += 1;
      const address = `127.1.${(connections >> 8) & 255}.${connections & 255}`;
      if (connections % PIPELINES_ONE_IN === 0) {
        pipelined += PIPELINED;
        await pipeline(address);
      } else await ask(flood, address);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, client));
  flood.report(`, and ${pipelined} behind others on the same connection, in ${connections} connections`);
  expect(await served(talk)).toEqual(WELL);
});

/** A paired device's WebSocket, from the upgrade on, as raw bytes. */
async function channel(n: number): Promise<() => Socket> {
  const ids = { deviceId: `02:00:00:00:01:0${n}`, clientId: 'c' };
  const { ota } = await postOta(harness, ids, { from: PEERS.lan2 });
  const upgrade =
    'GET /xiaozhi/v1/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    `Device-Id: ${ids.deviceId}\r\nClient-Id: ${ids.clientId}\r\nAuthorization: Bearer ${ota.websocket.token}\r\n\r\n`;
  return () => {
    const socket = tcp(PEERS.lan2).resume();
    socket.write(Buffer.concat([Buffer.from(upgrade), framed(Buffer.from(JSON.stringify(HELLO)))]));
    return socket;
  };
}

/**
 * Sends frames over one connection after another, several frames at a time. `last` makes the frame that ends a
 * connection.
 */
async function floodFrames(flood: Flood, n: number, frame: () => Buffer, last: () => Buffer): Promise<void> {
  const open = await channel(n);
  while (!flood.over) {
    const socket = open();
    for (let turn = 0; turn < TURNS_OF_A_CONNECTION && !flood.over && !socket.destroyed; turn++) {
      socket.write(Buffer.concat(Array.from({ length: FRAMES_A_TURN }, frame)));
      flood.sent += FRAMES_A_TURN;
      // Lets other tasks of this process run; the server is one of them.
      do await setImmediate();
      while (socket.writableLength > 0 && !socket.destroyed);
    }
    socket.write(last());
    flood.sent += 1;
    flood.patience.wait(socket);
    await closed(socket.end());
    // What the fake sessions record must not be taken for growth of the server.
    harness.host.sessions.length = 0;
  }
}

it.each([
  ['frames', () => hostile.frame(), () => hostile.badFrame()],
  ['texts', () => framed(hostile.text()), () => framed(hostile.text())],
] as const)('hostile %s of paired devices end, too', { timeout: TIMEOUT_MS }, async (kind, frame, last) => {
  const talk = await talking();
  const flood = new Flood(kind);
  await Promise.all(Array.from({ length: FLOODERS }, (_, n) => floodFrames(flood, n, frame, last)));
  const read = harness.metrics.of('chorus_messages_ignored_total');
  flood.report(`; ${read} of them were read, and ignored`);
  expect(read).toBeGreaterThan(flood.sent * 0.2);
  expect(await served(talk)).toEqual(WELL);
});
