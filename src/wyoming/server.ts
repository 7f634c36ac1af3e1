import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ChorusError } from '../core/index.js';
import { networks, normalAddress } from '../platform/inbound/index.js';
import { WyomingConnection } from './connection.js';
import { EventStream } from './event-stream.js';
import type { WyomingServerOptions } from './options.js';
import { Speaker } from './speech.js';
import { wyomingWords } from './words.js';

/** Limit over all clients together. Home Assistant opens a connection for each request. */
const MAX_CONNECTIONS = 32;
const LOOPBACK = ['127.0.0.0/8', '::1'];

export interface WyomingServer {
  readonly host: string;
  readonly port: number;
}

/**
 * There is no authentication, so only allowed addresses stay connected. The server ends with its scope. Errors:
 * `server.port_in_use`, `server.listen_failed`.
 */
export async function openWyomingServer(options: WyomingServerOptions): Promise<WyomingServer> {
  const { listen, allow, maxStreams, scope, metrics, log } = options;
  const allowed = networks([...LOOPBACK, ...allow]);
  const speaker = new Speaker(options);
  let streams = 0;
  const takeShare = (): (() => void) | undefined => {
    if (streams >= maxStreams) return undefined;
    streams += 1;
    let released = false;
    return () => {
      if (!released) streams -= 1;
      released = true;
    };
  };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const address = normalAddress(socket.remoteAddress ?? '');
    if (!allowed.has(address) || sockets.size >= MAX_CONNECTIONS) {
      const result = allowed.has(address) ? 'busy' : 'refused';
      metrics.count('chorus_wyoming_requests_total', { kind: 'other', result });
      log.debug('A Wyoming client was turned away', { address, result });
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const connection = new WyomingConnection(new EventStream(socket, options.clock), {
      ...options,
      speaker,
      takeShare,
    });
    scope.fork('Wyoming client', (signal) => connection.run(signal));
  });
  scope.onClose(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const { host, port } = placeOf(listen);
  await opened(server, host, port);
  const address = server.address() as AddressInfo;
  log.info('Wyoming: recognition and voices are offered', { host, port: address.port });
  return { host, port: address.port };
}

function placeOf(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) };
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new ChorusError('server.port_in_use', wyomingWords.portInUse(port), { cause: error, details: { port } })
          : new ChorusError('server.listen_failed', wyomingWords.cannotListen(host, port), {
              cause: error,
              details: { host, port, ...(error.code !== undefined && { system: error.code }) },
            }),
      ),
    );
    server.listen(port, host, resolve);
  });
}
