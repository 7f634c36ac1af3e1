import { sparing, type Clock, type Logger, type Metrics } from '../../core/index.js';
import { limitKey, type Peer, RateLimiter, Tally } from '../../platform/inbound/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Limits } from './limits.js';

/** Claims of a connecting device, which it may prove with a token. */
export interface Credentials {
  readonly deviceId: string;
  readonly clientId: string;
  /** `''`: none was given. */
  readonly token: string;
  /**
   * True: the id is not a MAC, or came in the query although the client is not a web page. Only the mode `open` admits
   * such a device.
   */
  readonly informal?: boolean | undefined;
}

/** Origin of a connection. */
export interface Origin {
  readonly peer: Peer;
  /** The client is a page in a browser. */
  readonly browser: boolean;
}

export type Refusal = 'draining' | 'full' | 'rate_limited' | 'unauthorized' | 'failed';

/** A device that may connect. */
export interface Admitted {
  readonly device: DeviceRecord;
  readonly clientId: string;
}

/** A reserved slot among the connections of an address. */
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
  /** The device, or undefined: not allowed. */
  readonly authenticate: (credentials: Credentials, from: Origin) => Promise<DeviceRecord | undefined>;
  /** Like `authenticate`, but only with the device's own token. Checking a wrong token costs one signature. */
  readonly authenticateByToken: (credentials: Credentials) => Promise<DeviceRecord | undefined>;
}

/**
 * Decides for every transport which devices may connect: first the limits, which cost nothing, then the token. Wrong
 * tokens from an address do not lock out other devices there.
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

  /** Reserves a place for a connection. Call this before reading anything from the device. */
  reserve({ address }: Peer): ReservedConnection | { readonly refused: Refusal } {
    const key = limitKey(address);
    const refusal = this.#overLimit(key);
    if (refusal) return this.#refuse(refusal);
    this.#perAddress.add(key);
    return { release: () => this.#perAddress.remove(key) };
  }

  /**
   * Checks the identity of the device. Undefined `credentials`: the device gave no usable ids. `gone`: whether the
   * device hung up while the database was asked. Resolves with undefined if it has gone; never rejects.
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
    // The drain may have begun while the database was asked.
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
