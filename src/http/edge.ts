import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ChorusError, sparing, type Logger } from '../core/index.js';
import { DEFAULT_LIMITS, type Limits } from '../device/access/index.js';
import { sameSecret, headerText, type Peer, type PeerPolicy, wantsWebSocket } from '../platform/inbound/index.js';
import type { DevicesHost } from '../device/index.js';
import { createHttp } from './http.js';
import { LOCAL_TOKEN_HEADER } from './local-token.js';
import type { ServerOptions } from './options.js';
import { answerWithoutUpgrade } from './plain-upgrade.js';
import { SocketLimit } from './socket-limit.js';

/** The HTTP server with its limits. Tells who sent a request. */
export class HttpEdge implements DevicesHost {
  readonly app: FastifyInstance;
  readonly limits: Limits;
  readonly host: string;
  readonly routes: { readonly method: string; readonly url: string }[] = [];
  draining = false;
  readonly #sockets: SocketLimit;
  readonly #log: Logger;

  constructor(
    private readonly options: ServerOptions,
    readonly peers: PeerPolicy,
  ) {
    const { host, clock, log, metrics } = options;
    this.host = host;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#sockets = new SocketLimit({ peers, limits: this.limits, clock, log, metrics });
    this.#log = sparing(log, clock);
    this.app = createHttp({
      limits: this.limits,
      log,
      clock,
      admit: (socket) => this.admit(socket),
      mayAsk: (socket) => this.mayAsk(socket),
      onPipelined: (socket) => this.onPipelined(socket),
    });
    this.app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.routes.push({ method: one, url });
    });
    this.app.addHook('preClose', async () => this.#sockets.close());
    this.app.server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      if (!this.mayAsk(socket)) socket.destroy();
      else if (!wantsWebSocket(request))
        answerWithoutUpgrade(request, socket, (asked, response) => this.app.routing(asked, response));
    });
  }

  get port(): number {
    return this.address()?.port ?? this.options.port;
  }

  address(): { host: string; port: number } | undefined {
    const address = this.app.server.address() as AddressInfo | null;
    return address ? { host: address.address, port: address.port } : undefined;
  }

  /** Errors: `server.port_in_use`, `server.listen_failed`. */
  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.options;
    try {
      await this.app.listen({ host, port });
    } catch (error) {
      throw listenError(error, host, port);
    }
    const address = this.address();
    if (!address) throw new ChorusError('server.listen_failed', `nothing listens on ${host}:${port}`);
    return address;
  }

  admit(socket: Socket): boolean {
    if (!this.#sockets.admit(socket)) return false;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    return true;
  }

  mayAsk(socket: Socket): boolean {
    return this.#sockets.mayAsk(socket);
  }

  onDevice(socket: Duplex): void {
    this.#sockets.keep(socket);
  }

  onPipelined(socket: Socket): void {
    this.#log.warn('a client that sends requests without waiting for answers was disconnected', {
      problem: 'inbound.pipelining',
      address: socket.remoteAddress,
    });
    this.#sockets.onPipelined(socket);
  }

  peerOf({ raw }: FastifyRequest): Peer {
    return this.#identify(raw);
  }

  isLocal({ raw, headers }: FastifyRequest): boolean {
    const shown = headerText(headers[LOCAL_TOKEN_HEADER]);
    if (shown === undefined || !sameSecret(shown, this.options.localToken)) return false;
    const { kind, forwarded } = this.#identify(raw);
    return (kind === 'loopback' || kind === 'own') && !forwarded;
  }

  #identify({ socket, headers }: IncomingMessage): Peer {
    return this.peers.identify(socket.remoteAddress, headers);
  }
}

function listenError(error: unknown, host: string, port: number): ChorusError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new ChorusError(
      'server.port_in_use',
      `port ${port} is in use by another program; stop it or choose another with --port`,
      { cause: error, details: { port } },
    );
  return new ChorusError('server.listen_failed', `cannot listen on ${host}:${port} (${code ?? String(error)})`, {
    cause: error,
    details: { host, port, ...(code !== undefined && { system: code }) },
  });
}
