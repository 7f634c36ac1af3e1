import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sparing, type Clock, type Logger, type Metrics } from '../core/index.js';
import type { Limits } from '../device/access/index.js';
import {
  isBusy,
  limitKey,
  type PeerPolicy,
  type Rate,
  RateLimiter,
  Tally,
  TokenBucket,
} from '../platform/inbound/index.js';

/** How often the log may say that an address has reached its limit of connections. */
const CROWDED_LOG: Rate = { burst: 1, perSecond: 1 / 60 };

/** Most sockets of browsers, other HTTP clients, and devices that are about to connect. An idle socket costs 15 KB. */
const BESIDE_DEVICES = 1000;
/** Open files for services, the database, models and child processes: this share, but at least `least`. */
const OTHER_FILES = { share: 0.2, least: 256 };

/** Returns how many sockets may be open. `connections` limits devices, and `openFiles` limits all files. */
export function socketsAllowed(connections: number, openFiles: number): number {
  if (!Number.isFinite(openFiles)) return connections + BESIDE_DEVICES;
  const others = Math.max(OTHER_FILES.least, Math.ceil(OTHER_FILES.share * openFiles));
  return Math.max(1, Math.min(connections + BESIDE_DEVICES, openFiles - others));
}

export interface SocketLimitOptions {
  readonly peers: PeerPolicy;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Limits the open connections. At the limit of its address, a new socket is refused. At a limit for all addresses, it
 * replaces the oldest idle socket, or the oldest if all are busy. Sockets of devices are never replaced.
 */
export class SocketLimit {
  readonly #open = new Tally();
  readonly #crowdedLog: TokenBucket;
  /** Sockets that do not belong to a connected device, oldest first. */
  readonly #passing = new Set<Socket>();
  readonly #pipelined: RateLimiter;
  readonly #requests: RateLimiter;
  readonly #sparing: Logger;
  #total = 0;

  constructor(private readonly options: SocketLimitOptions) {
    this.#crowdedLog = new TokenBucket(CROWDED_LOG, options.clock);
    this.#sparing = sparing(options.log, options.clock);
    this.#pipelined = new RateLimiter(options.limits.pipelined, options.clock);
    this.#requests = new RateLimiter(options.limits.requests, options.clock);
  }

  /** Counts the socket until it closes. False if the socket was destroyed. */
  admit(socket: Socket): boolean {
    if (!this.#makeRoom()) {
      socket.destroy();
      return false;
    }
    if (!this.#admitFrom(socket)) return false;
    this.#total += 1;
    this.#passing.add(socket);
    socket.once('close', () => {
      this.#total -= 1;
      this.#passing.delete(socket);
    });
    return true;
  }

  /** A connected device's socket is never closed to make room for another. */
  keep(socket: Duplex): void {
    this.#passing.delete(socket as Socket);
  }

  /** An address whose clients pipeline too often may not connect for a while. */
  onPipelined({ remoteAddress }: Socket): void {
    const peer = this.options.peers.identify(remoteAddress, {});
    if (!peer.viaTrustedProxy) this.#pipelined.take(limitKey(peer.address));
  }

  /** Counts a request, even a refused one. If it returns false, the caller ends the connection. */
  mayAsk({ remoteAddress }: Socket): boolean {
    const { peers, metrics } = this.options;
    const peer = peers.identify(remoteAddress, {});
    if (peer.viaTrustedProxy || this.#requests.take(limitKey(peer.address))) return true;
    metrics.count('chorus_handshakes_total', { result: 'rate_limited' });
    this.#sparing.warn('an address that sends too many requests was disconnected', {
      problem: 'inbound.too_many_requests',
      address: peer.address,
    });
    return false;
  }

  /** Destroys the sockets of all but devices. A closing server of Node would wait for those of upgrades. */
  close(): void {
    for (const socket of this.#passing) socket.destroy();
  }

  #makeRoom(): boolean {
    const { limits, metrics } = this.options;
    if (this.#total < limits.sockets && this.#passing.size < BESIDE_DEVICES) return true;
    metrics.count('chorus_handshakes_total', { result: 'too_many_sockets' });
    this.#sparing.warn('all connections that the server may have open are taken', {
      problem: 'inbound.connections_full',
      connections: this.#total,
      beside: this.#passing.size,
    });
    const leaving = this.#leaving();
    if (!leaving) return false;
    this.#passing.delete(leaving);
    leaving.destroy();
    return true;
  }

  /** The oldest socket without a request under way, or else the oldest of all. */
  #leaving(): Socket | undefined {
    for (const socket of this.#passing) if (!isBusy(socket)) return socket;
    const [oldest] = this.#passing;
    return oldest;
  }

  #admitFrom(socket: Socket): boolean {
    const { peers, limits, log, metrics } = this.options;
    const peer = peers.identify(socket.remoteAddress, {});
    // A trusted proxy is not limited. An IPv6 /64 shares one limit, so the proxy would use up that of its neighbours.
    if (peer.viaTrustedProxy) return true;
    const key = limitKey(peer.address);
    if (this.#pipelined.exhausted(key) || this.#requests.exhausted(key)) {
      metrics.count('chorus_handshakes_total', { result: 'too_many_sockets' });
      socket.destroy();
      return false;
    }
    if (this.#open.of(key) >= limits.connectionsPerAddress) {
      metrics.count('chorus_handshakes_total', { result: 'too_many_sockets' });
      // Tells an operator with many devices behind one router why connections are refused.
      if (this.#crowdedLog.take())
        log.warn('an address has as many connections as it may: server.max_connections_per_address', {
          problem: 'inbound.address_full',
          address: peer.address,
          connections: limits.connectionsPerAddress,
        });
      socket.destroy();
      return false;
    }
    this.#open.add(key);
    socket.once('close', () => this.#open.remove(key));
    return true;
  }
}
