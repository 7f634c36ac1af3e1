import { sparing, type Clock, type Logger, type Metrics } from '../../core/index.js';
import { limitKey, type Peer, RateLimiter, Tally } from '../../platform/inbound/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Limits } from './limits.js';

/** Who a connecting device claims to be. A token may prove it. */
export interface Credentials {
  readonly deviceId: string;
  readonly clientId: string;
  /** The device's token. `''`: it gave none. */
  readonly token: string;
  /**
   * True: the id is not a MAC, or a client that is not a web page gave the id in the query. Only the mode `open` admits
   * such a device.
   */
  readonly informal?: boolean | undefined;
}

/** Where a connection comes from. */
export interface Origin {
  readonly peer: Peer;
  /** True: the client is a web page in a browser. */
  readonly browser: boolean;
}

export type Refusal = 'draining' | 'full' | 'rate_limited' | 'unauthorized' | 'failed';

/** A device that may connect, and the Client-Id that it gave. */
export interface Admitted {
  readonly device: DeviceRecord;
  readonly clientId: string;
}

/** A connection that is counted towards the limit of its address. */
export interface ReservedConnection {
  /** Call this once, when the connection is gone. */
  release(): void;
}

export interface DeviceGateOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Number of open connections, over all transports. */
  readonly open: () => number;
  readonly draining: () => boolean;
  /** Resolves with the device if it may connect, otherwise with undefined. */
  readonly authenticate: (credentials: Credentials, from: Origin) => Promise<DeviceRecord | undefined>;
  /** Like `authenticate`, but accepts only the device's own token. Checking a wrong token costs just one signature. */
  readonly authenticateByToken: (credentials: Credentials) => Promise<DeviceRecord | undefined>;
}

/**
 * Decides for every transport which devices may connect. Checks the limits first, because that costs nothing, then the
 * token. Wrong tokens from one address do not lock out other devices at that address.
 */
export class DeviceGate {
  readonly #handshakes: RateLimiter;
  readonly #failures: RateLimiter;
  readonly #perAddress = new Tally();
  readonly #log: Logger;

  constructor(private readonly options: DeviceGateOptions) {
    const { limits, clock, log } = options;
    this.#log = sparing(log, clock);
    this.#handshakes = new RateLimiter(limits.handshakes, clock);
    this.#failures = new RateLimiter(limits.failedHandshakes, clock);
  }

  /** Counts a connection towards the limits, or refuses it. Call this before reading anything from the device. */
  reserve({ address }: Peer): ReservedConnection | { readonly refused: Refusal } {
    const key = limitKey(address);
    const refusal = this.#overLimit(key);
    if (refusal) return this.#refuse(refusal);
    this.#perAddress.add(key);
    return { release: () => this.#perAddress.remove(key) };
  }

  /**
   * Checks the identity of the device. Undefined `credentials`: the device gave no usable ids. `gone` returns whether
   * the device has hung up meanwhile. Resolves with undefined if it has; never rejects.
   */
  async admit(
    credentials: Credentials | undefined,
    from: Origin,
    gone: () => boolean,
  ): Promise<Admitted | { readonly refused: Refusal } | undefined> {
    const { authenticate, authenticateByToken, draining } = this.options;
    const key = limitKey(from.peer.address);
    const tooManyWrong = this.#failures.exhausted(key);
    let device: DeviceRecord | undefined;
    try {
      device =
        credentials && (await (tooManyWrong ? authenticateByToken(credentials) : authenticate(credentials, from)));
    } catch (error) {
      this.#log.error('handshake failed', { problem: 'device.handshake_failed', error });
      return this.#refuse('failed');
    }
    if (!device || !credentials) {
      this.#failures.take(key);
      if (tooManyWrong) return this.#refuse('rate_limited');
      this.#log.info('handshake refused: no valid token', {
        deviceId: credentials?.deviceId,
        address: from.peer.address,
      });
      return this.#refuse('unauthorized');
    }
    if (gone()) return undefined;
    // The server may have begun to shut down while the database was asked.
    if (draining()) return this.#refuse('draining');
    return { device, clientId: credentials.clientId };
  }

  #overLimit(key: string): Refusal | undefined {
    const { limits, draining, open } = this.options;
    if (draining()) return 'draining';
    if (open() >= limits.connections) return 'full';
    if (this.#perAddress.of(key) >= limits.connectionsPerAddress) return 'rate_limited';
    if (!this.#handshakes.take(key)) return 'rate_limited';
    return undefined;
  }

  #refuse(refused: Refusal): { readonly refused: Refusal } {
    this.options.metrics.count('chorus_handshakes_total', { result: refused });
    return { refused };
  }
}
