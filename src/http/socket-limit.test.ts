import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { silentLogger } from '../core/index.js';
import { DEFAULT_LIMITS } from '../device/access/index.js';
import { oneAtATime, createPeerPolicy } from '../platform/inbound/index.js';
import { SocketLimit, socketsAllowed } from './socket-limit.js';

const DEVICE = '192.168.1.77';
const OTHER = '192.168.1.78';
const CROWDED = 'an address has as many connections as it may: server.max_connections_per_address';

let clock: FakeClock;
let metrics: CountingMetrics;
let warnings: [string, unknown][];
beforeEach(() => {
  clock = new FakeClock();
  metrics = new CountingMetrics();
  warnings = [];
});

function limitOf(connectionsPerAddress: number, trustedProxies: readonly string[] = []): SocketLimit {
  const log = { ...silentLogger, warn: (message: string, fields: unknown) => void warnings.push([message, fields]) };
  return new SocketLimit({
    peers: createPeerPolicy({ trustedProxies, kindOf: () => 'private' }),
    limits: { ...DEFAULT_LIMITS, connectionsPerAddress },
    clock,
    log,
    metrics,
  });
}

/** Makes a socket as Node would, but without a network. A destroyed socket may no longer know its peer. */
function from(address: string | undefined): Socket {
  const socket = new Socket();
  socket.on('error', () => undefined);
  return Object.defineProperty(socket, 'remoteAddress', { get: () => (socket.destroyed ? undefined : address) });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

const admitted = (limit: SocketLimit, ...addresses: (string | undefined)[]): boolean[] =>
  addresses.map((address) => limit.admit(from(address)));
const refused = (): number => metrics.of('chorus_handshakes_total')['too_many_sockets'] ?? 0;

describe('the number of open connections of an address', () => {
  it('is limited for each address separately; only a connection beyond the limit is destroyed', () => {
    const limit = limitOf(2);
    const sockets = [DEVICE, DEVICE, DEVICE, OTHER, DEVICE].map(from);
    expect(sockets.map((socket) => limit.admit(socket))).toEqual([true, true, false, true, false]);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false, true, false, true]);
    expect(refused()).toBe(2);
  });

  it('includes a connection until it closes, normally or with an error; each close frees one place', async () => {
    const limit = limitOf(3);
    const [ended, broken, stays] = [from(DEVICE), from(DEVICE), from(DEVICE)];
    for (const socket of [ended, broken, stays]) limit.admit(socket);
    await closed(ended);
    expect(admitted(limit, DEVICE, DEVICE)).toEqual([true, false]);
    broken.emit('error', new Error('read ECONNRESET'));
    broken.emit('close', true);
    expect(admitted(limit, DEVICE, DEVICE)).toEqual([true, false]);
    await closed(broken);
    expect(admitted(limit, DEVICE)).toEqual([false]);
    expect(stays.destroyed).toBe(false);
  });

  it('does not rise when a refused connection closes', async () => {
    const limit = limitOf(1);
    limit.admit(from(DEVICE));
    const refusedOne = from(DEVICE);
    const gone = new Promise((resolve) => refusedOne.once('close', resolve));
    expect(limit.admit(refusedOne)).toBe(false);
    await gone;
    expect(admitted(limit, DEVICE)).toEqual([false]);
  });

  it('is counted together for all spellings of an IPv4 address, and for the /64 of an IPv6 customer', async () => {
    const limit = limitOf(1);
    const mapped = from(`::ffff:${DEVICE}`);
    expect(limit.admit(mapped)).toBe(true);
    expect(admitted(limit, DEVICE, `::ffff:${DEVICE}`, `::ffff:${OTHER}`)).toEqual([false, false, true]);
    await closed(mapped);
    expect(admitted(limit, DEVICE)).toEqual([true]);
    expect(admitted(limit, '2001:db8:0:1::7', '2001:db8:0:1:ffff::8', '2001:db8:0:2::7')).toEqual([true, false, true]);
    expect(admitted(limit, 'fe80::1%eth0', 'fe80::1')).toEqual([true, false]);
  });

  it('is counted together for all connections whose address is no longer known', async () => {
    const limit = limitOf(1);
    const unknown = from(undefined);
    expect(limit.admit(unknown)).toBe(true);
    expect(admitted(limit, undefined, DEVICE)).toEqual([false, true]);
    await closed(unknown);
    expect(admitted(limit, undefined)).toEqual([true]);
  });

  it('does not include connections of a trusted proxy, so the proxy takes no place from its neighbours', async () => {
    const limit = limitOf(1, ['10.9.9.9', '2001:db8:0:1::1']);
    const proxied = ['10.9.9.9', '::ffff:10.9.9.9', '10.9.9.9', '2001:db8:0:1::1', '2001:db8:0:1::1'].map(from);
    expect(proxied.map((socket) => limit.admit(socket))).toEqual([true, true, true, true, true]);
    expect(admitted(limit, '2001:db8:0:1::77', '2001:db8:0:1::78')).toEqual([true, false]);
    for (const socket of proxied) await closed(socket);
    expect(admitted(limit, '2001:db8:0:1::79')).toEqual([false]);
    expect(refused()).toBe(2);
  });
});

describe('a client that sends requests without waiting for answers', () => {
  it('is refused for a while; other clients and trusted proxies are not', async () => {
    const limit = limitOf(1000, ['10.9.9.9']);
    for (let times = 0; times < 10; times++) {
      const socket = from(DEVICE);
      expect(limit.admit(socket)).toBe(true);
      limit.onPipelined(socket);
      limit.onPipelined(from('10.9.9.9'));
    }
    expect(admitted(limit, DEVICE, `::ffff:${DEVICE}`, OTHER, '10.9.9.9')).toEqual([false, false, true, true]);
    await clock.advance(10_000);
    expect(admitted(limit, DEVICE)).toEqual([true]);
  });
});

describe('a client that sends too many requests', () => {
  it('is refused for a while, whatever it was answered; other clients and trusted proxies are not', async () => {
    const limit = limitOf(1000, ['10.9.9.9']);
    const [device, proxy] = [from(DEVICE), from('10.9.9.9')];
    const { burst, perSecond } = DEFAULT_LIMITS.requests;
    for (let times = 0; times < burst; times++) expect(limit.mayAsk(device) && limit.mayAsk(proxy)).toBe(true);
    expect([limit.mayAsk(device), limit.mayAsk(proxy), limit.mayAsk(from(OTHER))]).toEqual([false, true, true]);
    expect(admitted(limit, DEVICE, OTHER, '10.9.9.9')).toEqual([false, true, true]);
    expect(warnings).toEqual([
      [
        'an address that sends too many requests was disconnected',
        { problem: 'inbound.too_many_requests', address: DEVICE },
      ],
    ]);
    await clock.advance(1000 / perSecond);
    expect(admitted(limit, DEVICE)).toEqual([true]);
  });
});

describe('connections that do not belong to devices', () => {
  it('are limited to a thousand; one more closes the oldest connection without an open request', () => {
    const limit = limitOf(5000);
    const busy = from(DEVICE);
    oneAtATime(
      () => undefined,
      () => undefined,
    )({ socket: busy } as IncomingMessage, { once: () => undefined } as unknown as ServerResponse);
    const device = from(DEVICE);
    const sockets = [device, busy, ...Array.from({ length: 999 }, () => from(OTHER))];
    for (const socket of sockets) {
      expect(limit.admit(socket)).toBe(true);
      if (socket === device) limit.keep(socket);
    }
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
    expect(limit.admit(from(OTHER))).toBe(true);
    expect(sockets.map(({ destroyed }, index) => (destroyed ? index : -1)).filter((index) => index >= 0)).toEqual([2]);
  });
});

describe('the log of refused connections', () => {
  it('has one line a minute for all addresses together, and counts every refusal', async () => {
    const limit = limitOf(1);
    admitted(limit, DEVICE, OTHER);
    expect(warnings).toEqual([]);
    admitted(limit, `::ffff:${DEVICE}`, DEVICE, OTHER);
    expect(warnings).toEqual([[CROWDED, { problem: 'inbound.address_full', address: DEVICE, connections: 1 }]]);
    await clock.advance(59_999);
    admitted(limit, OTHER);
    expect(warnings).toHaveLength(1);
    await clock.advance(1);
    admitted(limit, OTHER, DEVICE);
    expect(warnings.slice(1)).toEqual([[CROWDED, { problem: 'inbound.address_full', address: OTHER, connections: 1 }]]);
    expect(refused()).toBe(6);
  });
});

describe('the number of sockets allowed', () => {
  it('reserves part of the open files for other uses', () => {
    expect(socketsAllowed(2000, Number.POSITIVE_INFINITY)).toBe(3000);
    expect(socketsAllowed(2000, 16_384)).toBe(3000);
    expect(socketsAllowed(20_000, 20_000)).toBe(16_000);
    expect(socketsAllowed(2000, 1024)).toBe(768);
  });
});
