import type { Rate } from '../../platform/inbound/index.js';

/** The defaults let forty devices behind one router start at once after a power cut. */
export interface Limits {
  readonly textBytes: number;
  readonly binaryBytes: number;
  /** A larger message ends the connection at once. */
  readonly messageBytes: number;
  /** This many oversized messages are dropped. The next oversized message closes the connection with code 1009. */
  readonly oversizedMessages: number;
  /**
   * Rate of messages on one connection. A device sends 17 packets a second, and up to 73 in one burst
   * (docs/protocol.md 4.1, 4.6).
   */
  readonly messages: Rate;
  /**
   * Bytes of text from one device. Parsing 3 kB of nested JSON can delay all devices by a millisecond, and a
   * conversation takes only a few kB of text.
   */
  readonly deviceTextBytes: Rate;
  /** Sound may be this many ms ahead of real time. Longer bursts would slow down all devices. */
  readonly audioAheadMs: number;
  readonly helloDeadlineMs: number;
  /** The firmware itself gives up after 120 s without traffic (docs/protocol.md, checklist 28). */
  readonly idleCloseMs: number;
  /** Time to wait for the device's Close frame. The firmware sends none (docs/protocol.md, checklist 27). */
  readonly closeGraceMs: number;
  /** A connection with more unsent bytes is closed. Audio stops long before this limit. */
  readonly unsentBytes: number;
  /** Maximum number of open sockets of any kind. Lower if the process may open fewer files. */
  readonly sockets: number;
  readonly connections: number;
  /** Sockets count even if they never send a request. Trusted proxies do not count. */
  readonly connectionsPerAddress: number;
  /** Rate of connections from one address that pipeline requests. Each such connection delays all others by 10 ms. */
  readonly pipelined: Rate;
  /** HTTP requests from one address. Refused requests count too, because they cost as much. */
  readonly requests: Rate;
  /** Rate of WebSocket handshakes from one address. */
  readonly handshakes: Rate;
  /** Rate of handshakes without a valid token from one address. */
  readonly failedHandshakes: Rate;
  /** Rate of OTA and activation requests from one address. */
  readonly otaRequests: Rate;
  /** A device's OTA body has about 2 KB (docs/protocol.md 1.1). */
  readonly bodyBytes: number;
  /** Maximum time for the request line and headers. */
  readonly headersTimeoutMs: number;
  /** Must exceed the 60 s of proxies. Otherwise a proxy could use a connection that was just closed. */
  readonly keepAliveMs: number;
  readonly requestTimeoutMs: number;
  /** For authorised requests that upload a file. */
  readonly uploadTimeoutMs: number;
}

/** Ms of sound per second, a tenth above real time. Faster devices are muted, because fragments are useless. */
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
