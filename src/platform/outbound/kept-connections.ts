import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Clock, HttpClient } from '../../core/index.js';
import { send } from './node-fetch.js';
import { hostOf, portOf } from './service-address.js';

export interface KeptConnectionsOptions {
  readonly clock: Clock;
  /** A connection that nobody uses is closed after so long, or sooner where the service says so (`Keep-Alive: timeout=`). Default: a minute. */
  readonly idleMs?: number;
  /** Certificates to be believed in place of those of the system. */
  readonly ca?: string;
}

/** From one turn of a conversation to the next, and a good while to think. */
const IDLE_MS = 60_000;
/** How often TCP asks the other side whether it is still there; after ten times without an answer it is not (`Socket.setKeepAlive`). */
const PROBE_MS = 1000;
/**
 * The service had closed the connection, and the request crossed with the news of that: the answer to it is back as soon as any would be. One that comes later is from a
 * service that had begun to think, and may be paid for what it did.
 */
const CROSSING_MS = 1000;
/** Of one service. As many as language models are asked at a time, unless `llm.max_workers` says otherwise: more are closed after their answer. */
const MAX_IDLE = 8;

/**
 * Asks services over connections that are left open from one turn to the next: the global `fetch` closes them after four seconds, and DNS, TCP and
 * TLS came on top of nearly every first token.
 */
export class KeptConnections implements HttpClient {
  readonly #lanes: ReadonlyMap<string, Lane>;
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
    this.#lanes = new Map([
      ['http:', new Lane(new HttpAgent(options))],
      ['https:', new Lane(new HttpsAgent({ ...options, ...(ca !== undefined && { ca }) }))],
    ]);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const lane = this.#lanes.get(url.protocol);
    if (!lane || this.#closed) throw new TypeError('fetch failed');
    const askedMs = this.#clock.nowMs();
    const { request, response } = send(url, init, { agent: lane.agent });
    try {
      return await response;
    } catch (error) {
      const crossed = lane.waited(request) && isClosed(error) && this.#clock.nowMs() - askedMs < CROSSING_MS;
      if (this.#closed || !crossed) throw error;
      // Once more, over a new one: the others are no better.
      lane.forget(url);
      return send(url, init, { agent: lane.agent }).response;
    }
  };

  readonly open = (text: string): void => {
    if (this.#closed || !URL.canParse(text)) return;
    const url = new URL(text);
    this.#lanes.get(url.protocol)?.open(url);
  };

  /** Ends all of them, also what is being asked. */
  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes.values()) lane.close();
  }
}

/** The connections of one protocol. Node's agent keeps those that were used; those that are opened beforehand wait here, one a service. */
class Lane {
  readonly #spares = new Map<string, Socket>();
  readonly #taken = new WeakSet<object>();
  readonly #connect: HttpAgent['createConnection'];

  constructor(readonly agent: HttpAgent) {
    const connect = agent.createConnection.bind(agent);
    // The agent listens for errors. But where an answer is left in the tick in which its last byte was read, the agent has let go of the socket before
    // that tells its error (Node 20.20), and an error that nobody listens for ends the process.
    this.#connect = (options, done) => connect(options, done)?.on('error', () => undefined);
    agent.createConnection = (options, done) =>
      this.#take(`${options.host}:${options.port}`) ?? this.#connect(options, done);
  }

  open(url: URL): void {
    const place = placeOf(url);
    if (this.#spares.has(place) || this.#idle(place).length > 0) return;
    const host = hostOf(url);
    // As the agent itself makes one.
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

  /** Closes what waits for that service. */
  forget(url: URL): void {
    const place = placeOf(url);
    this.#spares.get(place)?.destroy();
    for (const socket of this.#idle(place)) socket.destroy();
  }

  /** Whether the connection had been open for a while before it was used for this. */
  waited(request: { readonly reusedSocket: boolean; readonly socket: object | null }): boolean {
    return request.reusedSocket || (request.socket !== null && this.#taken.has(request.socket));
  }

  close(): void {
    for (const socket of this.#spares.values()) socket.destroy();
    this.agent.destroy();
  }

  /** What was used, and waits for the next request; the agent's names for them begin with the place (`Agent.getName`). */
  #idle(place: string): readonly Socket[] {
    return Object.entries(this.agent.freeSockets).flatMap(([name, sockets]) =>
      name.startsWith(`${place}:`) ? (sockets ?? []) : [],
    );
  }

  #take(place: string): Socket | undefined {
    const socket = this.#spares.get(place);
    if (!socket) return undefined;
    this.#spares.delete(place);
    // Something was said before anything was asked: that one has waited too long.
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

/** By the other side. */
function isClosed(error: unknown): boolean {
  const cause = error instanceof TypeError ? (error.cause as NodeJS.ErrnoException) : undefined;
  return cause?.code === 'ECONNRESET' || cause?.code === 'EPIPE';
}
