import type { Rate } from '../../platform/inbound/index.js';

/**
 * Limits of connections, requests and messages. The defaults let forty devices behind one router start at once after a
 * power cut.
 */
export interface Limits {
  readonly textBytes: number;
  readonly binaryBytes: number;
  /** A larger message ends the connection at once. */
  readonly messageBytes: number;
  /** Oversized messages that are dropped before the connection is closed with 1009. */
  readonly oversizedMessages: number;
  /**
   * Messages of one connection. A device sends 17 packets a second, and up to 73 in one burst (docs/protocol.md 4.1,
   * 4.6).
   */
  readonly messages: Rate;
  /**
   * Bytes of text of one device. Parsing JSON delays all devices: nested or wide JSON takes up to a millisecond for 3
   * kB. A device sends some kB in a conversation; its list of tools comes in pages of 8 kB.
   */
  readonly deviceTextBytes: Rate;
  /**
   * Milliseconds of sound that a device may send ahead of real time. Recognising it slows down all other devices. The
   * limit accepts a burst that a bad link held back.
   */
  readonly audioAheadMs: number;
  readonly helloDeadlineMs: number;
  /**
   * An idle connection is closed after this time. The firmware itself gives up after 120 s without traffic
   * (docs/protocol.md, checklist 28).
   */
  readonly idleCloseMs: number;
  /**
   * Time after a close until TCP is ended if no Close frame came back. The firmware sends none (docs/protocol.md,
   * checklist 27).
   */
  readonly closeGraceMs: number;
  /** A connection with more unsent bytes is closed. The pacer stops sending far below this. */
  readonly unsentBytes: number;
  /** Open sockets of any kind, from all addresses; fewer if the process may not open as many files. */
  readonly sockets: number;
  readonly connections: number;
  /** Open sockets from one address, including those that never send a request; trusted proxies are not counted. */
  readonly connectionsPerAddress: number;
  /**
   * Connections of one address that pipeline requests. Reading such a connection delays all others by 10 ms. An address
   * above this rate may not connect for a while.
   */
  readonly pipelined: Rate;
  /**
   * HTTP requests of one address. A refused request costs as much as an answered one and counts, too. An address above
   * this rate may not connect for a while. A school behind one router stays far below the rate.
   */
  readonly requests: Rate;
  /** WebSocket handshakes from one address. */
  readonly handshakes: Rate;
  /** Handshakes with a wrong token from one address. */
  readonly failedHandshakes: Rate;
  /** OTA and activation requests from one address. */
  readonly otaRequests: Rate;
  /** A device's OTA body is about 2 KB (docs/protocol.md 1.1). */
  readonly bodyBytes: number;
  /** Maximum time for the request line and headers. */
  readonly headersTimeoutMs: number;
  /**
   * Lifetime of an idle HTTP connection. It must exceed the 60 s of proxies: a proxy would otherwise send into a
   * connection that has just been closed. The socket limits still apply; they close the oldest idle connection first.
   */
  readonly keepAliveMs: number;
  /** Maximum time for a whole HTTP request. */
  readonly requestTimeoutMs: number;
  /** Maximum time for an authorised request that uploads a file. */
  readonly uploadTimeoutMs: number;
}

/**
 * Rate and debt in milliseconds of sound; `audioAheadMs` are accepted at once. The rate is a tenth above real time,
 * since device clocks differ by far less. A flooding connection is muted, because fragments of its speech would be
 * useless. Ten seconds of sound in real time, or one second of silence, end the muting.
 */
export const AUDIO_RATE = { perSecond: 1100, debt: 1000 } as const satisfies Omit<Rate, 'burst'>;

export const DEFAULT_LIMITS: Limits = {
  textBytes: 64 * 1024,
  binaryBytes: 4 * 1024,
  messageBytes: 256 * 1024,
  oversizedMessages: 10,
  messages: { burst: 400, perSecond: 120 },
  deviceTextBytes: { burst: 128 * 1024, perSecond: 8 * 1024 },
  audioAheadMs: 20_000,
  helloDeadlineMs: 10_000,
  idleCloseMs: 110_000,
  closeGraceMs: 1000,
  unsentBytes: 1024 * 1024,
  sockets: 12_000,
  connections: 10_000,
  connectionsPerAddress: 1000,
  pipelined: { burst: 10, perSecond: 0.1 },
  requests: { burst: 3000, perSecond: 100 },
  handshakes: { burst: 1000, perSecond: 50 },
  failedHandshakes: { burst: 40, perSecond: 0.5 },
  otaRequests: { burst: 300, perSecond: 20 },
  bodyBytes: 32 * 1024,
  headersTimeoutMs: 10_000,
  keepAliveMs: 75_000,
  requestTimeoutMs: 20_000,
  // 12 MB of firmware at 160 kbit/s.
  uploadTimeoutMs: 600_000,
};
