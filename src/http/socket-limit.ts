import type { Socket } from 'node:net';
import type { Clock, Logger, Metrics } from '../core/index.js';
import type { Limits } from '../device/access/limits.js';
import { limitKey, type PeerPolicy } from '../platform/inbound/peers.js';
import { type Rate, Tally, TokenBucket } from '../platform/inbound/rate-limit.js';

/** So often at most it is said that addresses have all the connections they may. */
const CROWDED_LOG: Rate = { burst: 1, perSecond: 1 / 60 };

export interface SocketLimitOptions {
  readonly peers: PeerPolicy;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** How many connections an address may have open. Also those that never send a request count, by the socket's address; trusted proxies carry many clients and do not. */
export class SocketLimit {
  readonly #open = new Tally();
  readonly #crowdedLog: TokenBucket;

  constructor(private readonly options: SocketLimitOptions) {
    this.#crowdedLog = new TokenBucket(CROWDED_LOG, options.clock);
  }

  /** Counts it until it closes, unless a trusted proxy brings it. False: it was one too many, and is destroyed. */
  admit(socket: Socket): boolean {
    const { peers, limits, log, metrics } = this.options;
    const peer = peers.identify(socket.remoteAddress, {});
    // Counted, it would use up what its neighbours in an IPv6 /64 may have.
    if (peer.viaTrustedProxy) return true;
    const key = limitKey(peer.address);
    if (this.#open.of(key) >= limits.connectionsPerAddress) {
      metrics.count('chorus_handshakes_total', { result: 'too_many_sockets' });
      // Whoever runs many devices behind one router looks for the reason here.
      if (this.#crowdedLog.take())
        log.warn('an address has as many connections as it may: server.max_connections_per_address', {
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
