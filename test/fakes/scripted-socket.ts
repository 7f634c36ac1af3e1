import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** The service's end of one connection. */
export interface SocketPeer {
  readonly request: IncomingMessage;
  readonly url: URL;
  /** Whether the connection's task has ended, so that the connection waits for the next one. */
  idle: boolean;
  /** The messages that were received. Text messages are strings. */
  readonly received: (string | Buffer)[];
  send(message: string | Uint8Array): void;
  json(message: unknown): void;
  close(code?: number, reason?: string): void;
  cut(): void;
}

/** How the service reacts to each message. When the connection is opened, it is called with undefined. */
export type Service = (peer: SocketPeer, message: string | Buffer | undefined) => void;

export type SocketFault =
  | { readonly refuse: number; readonly headers?: Readonly<Record<string, string>> }
  /** Refuses the first request, because this machine's clock differs from the service's `Date` header. */
  | { readonly refuseFirst: number; readonly date: string }
  /** In this order: no answer to the upgrade, no message, half a frame, a close during speech, 50 MB, nonsense. */
  | 'deaf'
  | 'mute'
  | 'half'
  | 'close'
  | 'flood'
  | 'nonsense';

/** A real WebSocket server that behaves as a service's documentation says, or has one of the faults. */
export class ScriptedSocket {
  readonly peers: SocketPeer[] = [];
  open = 0;
  readonly #serving = new Set<SocketPeer>();
  maxOpen = 0;
  refusals = 0;
  fault: SocketFault | undefined;
  readonly #connections = new Set<Duplex>();
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly server: Server,
    readonly service: Service,
  ) {}

  static async start(service: Service): Promise<ScriptedSocket> {
    const server = createServer();
    const fake = new ScriptedSocket(server, service);
    server.on('connection', (socket) => {
      fake.#connections.add(socket);
      socket.on('close', () => fake.#connections.delete(socket));
    });
    server.on('upgrade', (request, socket, head) => fake.#upgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** Number of open connections with a task. */
  get busy(): number {
    return [...this.#serving].filter(({ idle }) => !idle).length;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const { fault } = this;
    if (fault === 'deaf') return;
    if (typeof fault === 'object') {
      const once = 'refuseFirst' in fault;
      if (!once || this.refusals === 0) {
        this.refusals += 1;
        const status = once ? fault.refuseFirst : fault.refuse;
        const headers = once ? { date: fault.date } : (fault.headers ?? {});
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`);
        return;
      }
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, request, socket));
  }

  #serve(ws: WebSocket, request: IncomingMessage, socket: Duplex): void {
    this.open += 1;
    this.maxOpen = Math.max(this.maxOpen, this.open);
    const peer: SocketPeer = {
      request,
      url: new URL(request.url ?? '/', 'http://service'),
      idle: false,
      received: [],
      send: (message) => ws.send(message),
      json: (message) => ws.send(JSON.stringify(message)),
      close: (code, reason) => ws.close(code, reason),
      cut: () => ws.terminate(),
    };
    this.peers.push(peer);
    this.#serving.add(peer);
    ws.on('close', () => {
      this.open -= 1;
      this.#serving.delete(peer);
    }).on('error', () => undefined);
    let count = 0;
    ws.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? data : data.toString('utf8');
      peer.received.push(message);
      count += 1;
      if (count === 2 && this.#misbehaves(ws, socket)) return;
      if (this.fault !== 'mute') this.service(peer, message);
    });
    if (this.fault !== 'mute') this.service(peer, undefined);
  }

  /** The fault occurs at the second message, which is in the middle of the task. */
  #misbehaves(ws: WebSocket, socket: Duplex): boolean {
    switch (this.fault) {
      case 'half':
        // This text frame's header claims 100 bytes, but fewer follow.
        socket.write(Buffer.from([0x81, 100, 0x7b]), () => socket.destroy());
        return true;
      case 'close':
        ws.close(1011, 'try again later');
        return true;
      case 'flood':
        ws.send(Buffer.alloc(50e6, 0x20));
        return true;
      case 'nonsense':
        ws.send('{"neither');
        ws.send(Buffer.from([0xff, 0x00, 0x13]));
        return true;
      default:
        return false;
    }
  }
}
