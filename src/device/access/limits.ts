import type { Rate } from '../../platform/inbound/index.js';

/**
 * Limits on connections, requests and messages. The defaults let forty devices behind one router start at once after a
 * power cut.
 */
export interface Limits {
  readonly textBytes: number;
  readonly binaryBytes: number;
  /** A larger message ends the connection at once. */
  readonly messageBytes: number;
  /** This many oversized messages are dropped. The next one closes the connection with code 1009. */
  readonly oversizedMessages: number;
  /**
   * Rate of messages on one connection. A device sends 17 packets a second, and up to 73 in one burst (docs/protocol.md
   * 4.1, 4.6).
   */
  readonly messages: Rate;
  /**
   * Rate of text from one device, in bytes. Parsing JSON delays all devices: nested or wide JSON takes up to a
   * millisecond for 3 kB. A device sends a few kB in a conversation, and its list of tools comes in pages of 8 kB.
   */
  readonly deviceTextBytes: Rate;
  /**
   * How far ahead of real time a device may send sound, in ms. Recognising such sound slows down all other devices. The
   * limit allows for a burst that a bad link held back.
   */
  readonly audioAheadMs: number;
  readonly helloDeadlineMs: number;
  /**
   * An idle connection is closed after this time. The firmware itself gives up after 120 s without traffic
   * (docs/protocol.md, checklist 28).
   */
  readonly idleCloseMs: number;
  /**
   * If a closed connection has sent no Close frame back after this time, its TCP connection is ended. The firmware
   * sends none (docs/protocol.md, checklist 27).
   */
  readonly closeGraceMs: number;
  /** A connection with more unsent bytes is closed. The server stops sending audio long before this. */
  readonly unsentBytes: number;
  /**
   * Maximum number of open sockets of any kind, from all addresses. It is lower if the process may not open as many
   * files.
   */
  readonly sockets: number;
  readonly connections: number;
  /**
   * Maximum number of open sockets from one address, including those that never send a request. Trusted proxies are not
   * counted.
   */
  readonly connectionsPerAddress: number;
  /**
   * Rate of connections from one address that send several requests without waiting for answers. Reading such a
   * connection delays all others by 10 ms. An address above this rate may not connect for a while.
   */
  readonly pipelined: Rate;
  /**
   * Rate of HTTP requests from one address. Refused requests count too, because they cost as much as answered ones. An
   * address above this rate may not connect for a while. A school behind one router stays far below it.
   */
  readonly requests: Rate;
  /** Rate of WebSocket handshakes from one address. */
  readonly handshakes: Rate;
  /** Rate of handshakes with a wrong token from one address. */
  readonly failedHandshakes: Rate;
  /** Rate of OTA and activation requests from one address. */
  readonly otaRequests: Rate;
  /** Maximum size of a request body. The OTA body of a device has about 2 KB (docs/protocol.md 1.1). */
  readonly bodyBytes: number;
  /** Maximum time for the request line and headers. */
  readonly headersTimeoutMs: number;
  /**
   * How long an idle HTTP connection stays open. It must be longer than the 60 s of proxies, because a proxy would
   * otherwise send into a connection that was just closed. The limits on sockets still apply: the connection that has
   * been idle longest is closed first.
   */
  readonly keepAliveMs: number;
  /** Maximum time for a whole HTTP request. */
  readonly requestTimeoutMs: number;
  /** Maximum time for an authorised request that uploads a file. */
  readonly uploadTimeoutMs: number;
}

/**
 * Rate at which a device may send sound, in ms of sound; the first `audioAheadMs` are accepted at once. The rate is a
 * tenth above real time, which is far more than device clocks differ. A device that exceeds the rate is muted, because
 * fragments of its speech would be useless. Ten seconds of sound in real time, or one second of silence, end the
 * muting.
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
  // Long enough for 12 MB of firmware at 160 kbit/s.
  uploadTimeoutMs: 600_000,
};
