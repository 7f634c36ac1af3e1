import { sparing, type Clock, type Logger, type Metrics } from '../../core/index.js';
import { limitKey, type Peer, RateLimiter, Tally } from '../../platform/inbound/index.js';
import type { DeviceRecord } from '../../platform/store/index.js';
import type { Limits } from './limits.js';

/** Who a connecting device claims to be. */
export interface Credentials {
  readonly deviceId: string;
  readonly clientId: string;
  /** `''` if the device gave none. */
  readonly token: string;
  /**
   * True if the id is not a MAC. Also true if a client other than a web page gave the id in the query. Only the mode
   * `open` admits such clients.
   */
  readonly informal?: boolean | undefined;
}

export interface Origin {
  readonly peer: Peer;
  readonly browser: boolean;
}

export type Refusal = 'draining' | 'full' | 'rate_limited' | 'unauthorized' | 'failed';

export interface Admitted {
  readonly device: DeviceRecord;
  readonly clientId: string;
}

/** A connection that counts towards the limit of its address. */
export interface ReservedConnection {
  /** Call this once, when the connection is gone. */
  release(): void;
}

export interface DeviceGateOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Number of open connections of all transports. */
  readonly open: () => number;
  readonly draining: () => boolean;
  /** Resolves with undefined if the device may not connect. */
  readonly authenticate: (credentials: Credentials, from: Origin) => Promise<DeviceRecord | undefined>;
  /** Accepts only the device's own token, so that a wrong token costs just one signature. */
  readonly authenticateByToken: (credentials: Credentials) => Promise<DeviceRecord | undefined>;
}

/** Decides which devices may connect. Wrong tokens do not lock out other devices at the same address. */
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

  /** Call this before reading anything from the device. */
  reserve({ address }: Peer): ReservedConnection | { readonly refused: Refusal } {
    const key = limitKey(address);
    const refusal = this.#overLimit(key);
    if (refusal) return this.#refuse(refusal);
    this.#perAddress.add(key);
    return { release: () => this.#perAddress.remove(key) };
  }

  /** `credentials` is undefined without usable ids. Resolves with undefined if the client hung up. Never rejects. */
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
    // The server may have begun to shut down during the database query.
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
