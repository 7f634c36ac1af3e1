import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock, Logger, Metrics } from '../../../core/index.js';
import { parseClientId, parseDeviceId } from '../../protocol/index.js';
import type { DeviceRecord } from '../../../platform/store/index.js';
import { Tally } from '../connections.js';
import type { Limits } from '../../access/limits.js';
import { headerText, limitKey, type Peer, type PeerPolicy } from '../../../platform/inbound/peers.js';
import { RateLimiter } from '../../../platform/inbound/rate-limit.js';

/** What a handshake claims, and may prove. */
export interface Credentials {
  readonly deviceId: string;
  readonly clientId: string;
  /** `''`: none was given. */
  readonly token: string;
}

export interface Welcome {
  readonly device: DeviceRecord;
  readonly clientId: string;
  readonly headerVersion: string | undefined;
  readonly peer: Peer;
}

export interface UpgradeOptions {
  readonly peers: PeerPolicy;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How many connections are open. */
  readonly open: () => number;
  readonly draining: () => boolean;
  /** The device, or undefined: not allowed. `browser`: a page in a browser asks. */
  readonly authenticate: (
    credentials: Credentials,
    from: { readonly peer: Peer; readonly browser: boolean },
  ) => Promise<DeviceRecord | undefined>;
  /** Takes the accepted socket. */
  readonly welcome: (socket: WebSocket, welcome: Welcome) => void;
}

type Refusal = 'draining' | 'full' | 'rate_limited' | 'unauthorized' | 'failed';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  draining: '503 Service Unavailable',
  full: '503 Service Unavailable',
  rate_limited: '429 Too Many Requests',
  unauthorized: '401 Unauthorized',
  failed: '500 Internal Server Error',
};

/** The way from an HTTP upgrade to an accepted WebSocket: limits first, then the token, then the 101. */
export class UpgradeGate {
  // Lenient UTF-8: see WebSocketConnection. Deflate is never negotiated (docs/protocol.md 2.1).
  readonly #wss: WebSocketServer;
  readonly #handshakes: RateLimiter;
  readonly #failures: RateLimiter;
  readonly #perAddress = new Tally();

  constructor(private readonly options: UpgradeOptions) {
    const { limits, clock } = options;
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: limits.messageBytes,
    });
    this.#handshakes = new RateLimiter(limits.handshakes, clock);
    this.#failures = new RateLimiter(limits.failedHandshakes, clock);
  }

  /** Never rejects because of the client. The socket is answered or destroyed. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Nobody else listens now; an error without a listener would end the process.
    const onError = (): void => {
      socket.destroy();
    };
    socket.on('error', onError);
    const peer = this.options.peers.identify(request.socket.remoteAddress, request.headers);
    const key = limitKey(peer.address);
    const early = this.#refuseEarly(key);
    if (early) return this.#refuse(socket, early);
    this.#perAddress.add(key);
    socket.once('close', () => this.#perAddress.remove(key));
    const refusal = await this.#authenticated(request, socket, head, peer, key, onError);
    if (refusal) this.#refuse(socket, refusal);
  }

  #refuseEarly(key: string): Refusal | undefined {
    const { limits, draining, open } = this.options;
    if (draining()) return 'draining';
    if (open() >= limits.connections) return 'full';
    if (this.#perAddress.of(key) >= limits.connectionsPerAddress) return 'rate_limited';
    if (this.#failures.exhausted(key) || !this.#handshakes.take(key)) return 'rate_limited';
    return undefined;
  }

  async #authenticated(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    peer: Peer,
    key: string,
    onError: () => void,
  ): Promise<Refusal | undefined> {
    const credentials = credentialsOf(request);
    let device: DeviceRecord | undefined;
    try {
      device =
        credentials &&
        (await this.options.authenticate(credentials, { peer, browser: request.headers.origin !== undefined }));
    } catch (error) {
      this.options.log.error('handshake failed', { error });
      return 'failed';
    }
    if (!device || !credentials) {
      this.#failures.take(key);
      this.options.log.info('handshake refused: no valid token', {
        deviceId: credentials?.deviceId,
        address: peer.address,
      });
      return 'unauthorized';
    }
    // It may have gone, and we may have begun to drain, while the database was asked.
    if (socket.destroyed) return undefined;
    if (this.options.draining()) return 'draining';
    socket.off('error', onError);
    const welcome: Welcome = {
      device,
      clientId: credentials.clientId,
      headerVersion: headerText(request.headers['protocol-version']),
      peer,
    };
    this.#wss.handleUpgrade(request, socket, head, (accepted) => {
      this.options.metrics.count('chorus_handshakes_total', { result: 'accepted' });
      this.options.welcome(accepted, welcome);
    });
    return undefined;
  }

  /** A plain answer instead of the 101; the firmware reports "cannot connect". */
  #refuse(socket: Duplex, refusal: Refusal): void {
    this.options.metrics.count('chorus_handshakes_total', { result: refusal });
    const status = REFUSALS[refusal];
    socket.once('finish', () => socket.destroy());
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${status.length}\r\n\r\n${status}`,
    );
  }
}

/**
 * Ids and token of the headers; of the query only for pages in a browser, which cannot set headers and always send an
 * Origin (docs/protocol.md 7). Undefined: no usable ids.
 */
export function credentialsOf(request: Pick<IncomingMessage, 'headers' | 'url'>): Credentials | undefined {
  const { headers } = request;
  const fromQuery = headers['device-id'] === undefined && headers.origin !== undefined;
  const query = fromQuery ? queryOf(request.url) : undefined;
  const deviceId = parseDeviceId(query ? (query.get('device-id') ?? undefined) : headerText(headers['device-id']));
  const clientId = parseClientId(query ? (query.get('client-id') ?? undefined) : headerText(headers['client-id']));
  if (deviceId === undefined || clientId === undefined) return undefined;
  const authorization = (query ? query.get('authorization') : headers.authorization) ?? '';
  return { deviceId, clientId, token: authorization.replace(/^Bearer\s+/i, '').trim() };
}

function queryOf(url: string | undefined): URLSearchParams {
  const start = url?.indexOf('?') ?? -1;
  return new URLSearchParams(start < 0 ? '' : url?.slice(start + 1));
}
