import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** How a reverse proxy misbehaves. */
export interface ProxyHabits {
  /** `drop`: a WebSocket request is passed on as if it were an ordinary one. `cut`: its connection is closed. */
  readonly upgrade?: 'pass' | 'drop' | 'cut';
  /** Headers that the proxy removes from requests. */
  readonly without?: readonly string[];
  /** By how many milliseconds the server's WebSocket messages are delayed. */
  readonly holdMs?: number;
  /** Changes the OTA answer before it is passed on. */
  readonly rewrite?: (body: string) => string;
  /** If set, only this path is passed on; all others are answered with 404. */
  readonly only?: string;
}

/** A server on loopback that runs until it is closed. */
export interface Listening {
  /** Its origin, which begins with https if it uses TLS. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a real reverse proxy in front of a server on loopback. */
export async function proxyTo(target: string, habits: ProxyHabits = {}, certificate?: Certificate): Promise<Listening> {
  const { hostname, port } = new URL(target);
  const headersOf = (incoming: IncomingMessage): Record<string, string | string[] | undefined> =>
    Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => habits.without?.includes(name) !== true));
  const hand = (incoming: IncomingMessage, answer: (response: IncomingMessage) => void): void => {
    const headers = Object.fromEntries(
      Object.entries(headersOf(incoming)).filter(([name]) => !['upgrade', 'connection'].includes(name)),
    );
    incoming.pipe(request({ hostname, port, path: incoming.url, method: incoming.method, headers }, answer));
  };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (habits.only !== undefined && incoming.url?.startsWith(habits.only) !== true)
      return void outgoing.writeHead(404).end('<html>not here</html>');
    hand(incoming, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        outgoing.writeHead(response.statusCode ?? 500, {
          'content-type': response.headers['content-type'] ?? 'text/plain',
        });
        outgoing.end(habits.rewrite?.(body) ?? body);
      });
    });
    return undefined;
  };
  const upgrade = (incoming: IncomingMessage, device: Duplex): void => {
    device.on('error', () => device.destroy());
    if (habits.upgrade === 'cut') return void device.destroy();
    if (habits.upgrade === 'drop') {
      hand(incoming, (response) =>
        device.end(`HTTP/1.1 ${response.statusCode} Not a WebSocket\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`),
      );
      return undefined;
    }
    const server = connect({ host: hostname, port: Number(port) });
    server.on('error', () => device.destroy()).on('close', () => device.destroy());
    device.on('close', () => server.destroy());
    server.write(
      `GET ${incoming.url} HTTP/1.1\r\n${Object.entries(headersOf(incoming))
        .map(([name, value]) => `${name}: ${String(value)}\r\n`)
        .join('')}\r\n`,
    );
    device.pipe(server);
    if (habits.holdMs === undefined) server.pipe(device);
    else holdBack(server, device, habits.holdMs);
    return undefined;
  };
  return listen(
    certificate ? createTlsServer(certificate, pass) : createServer(pass),
    certificate ? 'https' : 'http',
    (server) => server.on('upgrade', upgrade),
  );
}

/**
 * Passes the first data (the answer to the upgrade) on at once. Delays everything after it, and passes it on in lumps.
 */
function holdBack(server: Socket, device: Duplex, holdMs: number): void {
  let held: Buffer[] = [];
  server.once('data', (first) => {
    device.write(first);
    server.on('data', (chunk) => held.push(chunk));
  });
  const timer = setInterval(() => {
    if (held.length > 0) device.write(Buffer.concat(held));
    held = [];
  }, holdMs);
  device.on('close', () => clearInterval(timer));
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const pem = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

/** A certificate in test/fixtures/tls. */
export type CertificateName = 'good' | 'expired' | 'selfsigned' | 'othername';

/** `chain` says whether to include the issuer's certificate. */
export function certificate(name: CertificateName, chain = name !== 'selfsigned'): Certificate {
  return { cert: `${pem(name)}${chain ? pem('intermediate') : ''}`, key: pem(`${name}.key`) };
}

/** The certificate of the authority that issued the other certificates in test/fixtures/tls. */
export const testAuthority = (): string => pem('root');
export const testAuthorityFile = fileURLToPath(new URL('../fixtures/tls/root.pem', import.meta.url));

/** Starts a server that answers every request in the same way. */
export function answering(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Listening> {
  return listen(
    createServer((_request, response) => response.writeHead(status, headers).end(body)),
    'http',
  );
}

/** Starts a server that accepts connections and sends nothing. */
export async function silent(): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(
  server: Server | ReturnType<typeof createTlsServer>,
  scheme: 'http' | 'https',
  prepare: (server: Pick<Server, 'on'>) => void = () => undefined,
): Promise<Listening> {
  const upgraded = new Set<Duplex>();
  prepare(server);
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => upgraded.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
