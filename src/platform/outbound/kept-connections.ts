import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { hostOf, type Clock, type HttpClient } from '../../core/index.js';
import { send } from './node-fetch.js';
import { portOf } from './service-address.js';

export interface KeptConnectionsOptions {
  readonly clock: Clock;
  /** Idle time after which a connection is closed. A shorter `Keep-Alive: timeout=` of the service takes precedence. */
  readonly idleMs?: number;
  /** Trusted certificates, which replace those of the system. */
  readonly ca?: string;
}

/** Longer than the pause between two turns of a conversation. */
const IDLE_MS = 60_000;
/** Idle time before the first TCP keep-alive probe. After ten probes without an answer, the connection closes. */
const PROBE_MS = 1000;
/**
 * A request on a stale connection fails within this time and may be repeated. After a longer time, the service may have
 * begun to work and may charge for it.
 */
const STALE_CONNECTION_MS = 1000;
/** Larger than any answer that is not a file. For example, the speech for one text has at most 16 MB. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** Most idle connections per service: the default number of parallel language model requests (`llm.max_workers`). */
const MAX_IDLE = 8;

/**
 * Keeps idle connections open for a minute. The global `fetch` closes them after four seconds, so nearly every first
 * token waited for DNS, TCP and TLS.
 */
export class KeptConnections implements HttpClient {
  readonly #pools: ReadonlyMap<string, ConnectionPool>;
  readonly #clock: Clock;
  #closed = false;

  constructor({ clock, idleMs = IDLE_MS, ca }: KeptConnectionsOptions) {
    this.#clock = clock;
    const options: AgentOptions = {
      keepAlive: true,
      keepAliveMsecs: PROBE_MS,
      timeout: idleMs,
      maxFreeSockets: MAX_IDLE,
    };
    this.#pools = new Map([
      ['http:', new ConnectionPool(new HttpAgent(options))],
      ['https:', new ConnectionPool(new HttpsAgent({ ...options, ...(ca !== undefined && { ca }) }))],
    ]);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const pool = this.#pools.get(url.protocol);
    if (!pool || this.#closed) throw new TypeError('fetch failed');
    const sentMs = this.#clock.nowMs();
    const options = { agent: pool.agent, maxBytes: MAX_ANSWER_BYTES };
    const { request, response } = send(url, init, options);
    try {
      return await response;
    } catch (error) {
      const elapsedMs = this.#clock.nowMs() - sentMs;
      const stale = pool.wasIdle(request) && closedByPeer(error) && elapsedMs < STALE_CONNECTION_MS;
      if (this.#closed || !stale) throw error;
      // The other idle connections are probably stale too, so the retry uses a new connection.
      pool.closeIdle(url);
      return send(url, init, options).response;
    }
  };

  readonly open = (text: string): void => {
    if (this.#closed || !URL.canParse(text)) return;
    const url = new URL(text);
    this.#pools.get(url.protocol)?.open(url);
  };

  close(): void {
    this.#closed = true;
    for (const pool of this.#pools.values()) pool.close();
  }
}

/** Node's agent keeps used connections. Connections that were opened in advance wait here, one per service. */
class ConnectionPool {
  readonly #spares = new Map<string, Socket>();
  readonly #taken = new WeakSet<object>();
  readonly #connect: HttpAgent['createConnection'];

  constructor(readonly agent: HttpAgent) {
    const connect = agent.createConnection.bind(agent);
    // The agent stops listening too early if a response is cancelled in the tick of its last byte (Node 20.20). The
    // socket then emits an unhandled error, which would end the process.
    this.#connect = (options, done) => connect(options, done)?.on('error', () => undefined);
    agent.createConnection = (options, done) =>
      this.#take(`${options.host}:${options.port}`) ?? this.#connect(options, done);
  }

  open(url: URL): void {
    const place = placeOf(url);
    if (this.#spares.has(place) || this.#idle(place).length > 0) return;
    const host = hostOf(url);
    const { options } = this.agent as HttpAgent & { readonly options: AgentOptions };
    const socket = this.#connect({
      ...options,
      host,
      port: portOf(url),
      ...(isIP(host) === 0 && { servername: host }),
    }) as Socket;
    this.#spares.set(place, socket);
    const isSpare = (): boolean => this.#spares.get(place) === socket;
    socket.unref().setKeepAlive(true, PROBE_MS);
    socket.once('close', () => isSpare() && this.#spares.delete(place));
    socket.once('timeout', () => isSpare() && socket.destroy());
  }

  closeIdle(url: URL): void {
    const place = placeOf(url);
    this.#spares.get(place)?.destroy();
    for (const socket of this.#idle(place)) socket.destroy();
  }

  wasIdle(request: { readonly reusedSocket: boolean; readonly socket: object | null }): boolean {
    return request.reusedSocket || (request.socket !== null && this.#taken.has(request.socket));
  }

  close(): void {
    for (const socket of this.#spares.values()) socket.destroy();
    this.agent.destroy();
  }

  /** The agent's keys begin with `host:port` (`Agent.getName`). */
  #idle(place: string): readonly Socket[] {
    return Object.entries(this.agent.freeSockets).flatMap(([name, sockets]) =>
      name.startsWith(`${place}:`) ? (sockets ?? []) : [],
    );
  }

  #take(place: string): Socket | undefined {
    const socket = this.#spares.get(place);
    if (!socket) return undefined;
    this.#spares.delete(place);
    // Data before any request means that the service has abandoned the connection.
    if (socket.destroyed || !socket.writable || socket.readableLength > 0) {
      socket.destroy();
      return undefined;
    }
    this.#taken.add(socket);
    return socket.ref();
  }
}

function placeOf(url: URL): string {
  return `${hostOf(url)}:${portOf(url)}`;
}

function closedByPeer(error: unknown): boolean {
  const cause = error instanceof TypeError ? (error.cause as NodeJS.ErrnoException) : undefined;
  return cause?.code === 'ECONNRESET' || cause?.code === 'EPIPE';
}
