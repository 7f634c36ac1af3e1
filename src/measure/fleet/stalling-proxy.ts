import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ChorusError, seededRandom, uniform, type Clock, type TimerHandle } from '../../core/index.js';

export interface StallingProxyOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** Names the proxy's stream of random numbers. Each proxy of a run has a different stream. */
  readonly stream: string;
}

/** Bad Wi-Fi: every 0.5 to 3 s the link blocks for up to 400 ms, and forwards everything at once afterwards. */
const PASSES = { fromMs: 500, toMs: 3000 };
const STALLS = { fromMs: 0, toMs: 400 };

interface Link {
  readonly sockets: readonly [Socket, Socket];
  timer: TimerHandle | undefined;
}

/** A TCP proxy on loopback. Each link blocks independently, in both directions at once. */
export class StallingProxy {
  readonly #links = new Set<Link>();
  /** Servers by `host:port` of the target. */
  readonly #listening = new Map<string, Promise<Server>>();
  #linkCount = 0;

  constructor(private readonly options: StallingProxyOptions) {}

  /** Resolves with the URL through the proxy. Error: `device.refused` for TLS, whose certificate would not fit. */
  async through(url: string): Promise<string> {
    const target = new URL(url);
    if (target.protocol !== 'ws:')
      throw new ChorusError('device.refused', `slow links are simulated for ws:// only, not for ${target.protocol}//`);
    const port = target.port === '' ? 80 : Number(target.port);
    const key = `${target.hostname}:${port}`;
    const listening = this.#listening.get(key) ?? this.#listen(target.hostname, port);
    this.#listening.set(key, listening);
    target.port = String(((await listening).address() as AddressInfo).port);
    target.hostname = '127.0.0.1';
    return target.href;
  }

  async close(): Promise<void> {
    for (const link of this.#links) this.#end(link);
    await Promise.all(
      [...this.#listening.values()].map(
        async (listening) =>
          new Promise<void>(
            (resolve) =>
              void listening.then(
                (server) => server.close(() => resolve()),
                () => resolve(),
              ),
          ),
      ),
    );
    this.#listening.clear();
  }

  #listen(host: string, port: number): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer((device) => this.#link(device, connect({ host, port })));
      server.once('error', (error) =>
        reject(
          new ChorusError('device.unreachable', `the proxy for slow links cannot listen: ${error.message}`, {
            cause: error,
          }),
        ),
      );
      server.listen(0, '127.0.0.1', () => resolve(server));
    });
  }

  #link(device: Socket, server: Socket): void {
    const { clock, seed, stream } = this.options;
    const random = seededRandom(seed, `${stream} link ${this.#linkCount++}`);
    const link: Link = { sockets: [device, server], timer: undefined };
    this.#links.add(link);
    for (const socket of link.sockets) {
      socket.setNoDelay(true);
      // The other side sees only that the connection ended. The cause does not matter here.
      socket.on('error', () => this.#end(link));
      socket.on('close', () => this.#end(link));
    }
    device.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => device.write(bytes));
    const pass = (): void => {
      for (const socket of link.sockets) socket.resume();
      link.timer = clock.after(uniform(random, PASSES.fromMs, PASSES.toMs), stall);
    };
    const stall = (): void => {
      for (const socket of link.sockets) socket.pause();
      link.timer = clock.after(uniform(random, STALLS.fromMs, STALLS.toMs), pass);
    };
    pass();
  }

  #end(link: Link): void {
    if (!this.#links.delete(link)) return;
    link.timer?.cancel();
    for (const socket of link.sockets) socket.destroy();
  }
}
