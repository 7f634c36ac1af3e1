import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../../core/index.js';
import { GuardedServer, type AdmitSocket, limited, oneAtATime } from '../../platform/inbound/index.js';
import type { Limits } from '../access/limits.js';

/** An extra port on which OTA requests are answered. */
export interface MovingOverPort {
  readonly port: number;
  /** `in_use` means that another program uses the port. `failed` means any other reason. */
  readonly state: 'listening' | 'in_use' | 'failed';
}

export interface MovingOverPortsOptions {
  readonly host: string;
  readonly ports: readonly number[];
  readonly limits: Limits;
  readonly log: Logger;
  /** Answers a request like the main port. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Called before the first byte. */
  readonly admit: AdmitSocket;
  /** Called before any work for a request. If it returns false, the connection is ended. */
  readonly mayAsk: (socket: Socket) => boolean;
  /** Called after a connection was closed because its client pipelined requests. */
  readonly onPipelined: (socket: Socket) => void;
}

const OTA_PATH = /^\/+xiaozhi\/+ota(\/+activate)?\/*(\?.*)?$/;

/** Extra ports that answer only OTA and activation requests, because devices have the old server's port stored. */
export class MovingOverPorts {
  readonly #servers: Server[] = [];
  readonly #listening = new Set<number>();
  #states: readonly MovingOverPort[] = [];

  constructor(private readonly options: MovingOverPortsOptions) {}

  get states(): readonly MovingOverPort[] {
    return this.#states;
  }

  /** Whether a request came in on one of these ports. */
  has(localPort: number | undefined): boolean {
    return localPort !== undefined && this.#listening.has(localPort);
  }

  /** Never rejects. A port that cannot be opened is logged and shown in {@link states}. */
  async listen(): Promise<void> {
    const states: MovingOverPort[] = [];
    for (const port of this.options.ports) states.push(await this.#open(port));
    this.#states = states;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
    this.#listening.clear();
  }

  async #open(wanted: number): Promise<MovingOverPort> {
    const { host, limits, log, admit, mayAsk, onPipelined } = this.options;
    const server = new GuardedServer(
      {
        requestTimeout: limits.requestTimeoutMs,
        headersTimeout: limits.headersTimeoutMs,
        keepAliveTimeout: limits.keepAliveMs,
        maxHeaderSize: 16 * 1024,
      },
      oneAtATime(
        limited(mayAsk, (request, response) => this.#answer(request, response)),
        onPipelined,
      ),
      admit,
    );
    // Refuses every upgrade, and closes the socket even if the client leaves it open. The listener is needed, because
    // an unhandled error of the socket would end the process.
    server.on('upgrade', (_request, socket: Socket) => {
      socket.on('error', () => undefined);
      if (!mayAsk(socket)) {
        socket.destroy();
        return;
      }
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
    });
    try {
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen({ port: wanted, host }, resolve),
      );
    } catch (error) {
      const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      log.warn(inUse ? 'another program listens on an old OTA port' : 'an old OTA port cannot be listened on', {
        problem: inUse ? 'ota_port.in_use' : 'ota_port.unavailable',
        port: wanted,
        error,
      });
      return { port: wanted, state: inUse ? 'in_use' : 'failed' };
    }
    server.on('error', (error) =>
      log.warn('an old OTA port failed', { problem: 'ota_port.failed', port: wanted, error }),
    );
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : wanted;
    this.#servers.push(server);
    this.#listening.add(port);
    log.info('OTA is answered on an old port too', { port });
    return { port, state: 'listening' };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (OTA_PATH.test(request.url ?? '')) this.options.handle(request, response);
    else
      response
        .writeHead(404, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', connection: 'close' })
        .end('only /xiaozhi/ota/ is answered here\n');
  }
}
