import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { both, ChorusError } from '../../../core/index.js';
import { secMsGec, type ServiceTime } from './token.js';

/** The fixed token of the browser's read-aloud feature; public, the same for everybody. */
const CLIENT_TOKEN = '6A5AA1D4EAFF4E9FB37E23D68491D6F4';
/** The feature is a built-in extension of the browser, and the service looks at its origin. */
const ORIGIN = 'chrome-extension://jdiccldimpdaibmpdkjnbmckianbfold';
/** A message is a second of audio or less, some 6 kB. */
const MAX_MESSAGE_BYTES = 256 * 1024;

export interface EdgeConnectOptions {
  /** `wss://host/path`, without our parameters. */
  readonly url: string;
  /** Full version of the browser that we say we are, e.g. `143.0.3650.75`; a too old one is refused with 403. */
  readonly version: string;
  readonly time: ServiceTime;
}

/**
 * Opens a connection. A 403 whose `Date` shows that our clock is wrong is tried once more with the right time.
 * Errors: `tts.unreachable`, `tts.rejected`, `tts.rate_limited`, `tts.failed`, or the signal's reason.
 */
export async function connectEdge(options: EdgeConnectOptions, signal: AbortSignal): Promise<WebSocket> {
  const { time } = options;
  const { skewMs } = time;
  try {
    return await handshake(options, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Of several that were refused at once only the first has something new to say.
    if (error.status !== 403 || !(time.correct(error.date) || time.skewMs !== skewMs)) throw error.asChorusError();
  }
  try {
    return await handshake(options, signal);
  } catch (error) {
    throw error instanceof Refused ? error.asChorusError() : error;
  }
}

/** The service answered the upgrade with an HTTP status. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly date: string | undefined,
  ) {
    super(`refused with ${status}`);
  }

  asChorusError(): ChorusError {
    const code = this.status === 429 ? 'tts.rate_limited' : this.status >= 500 ? 'tts.failed' : 'tts.rejected';
    return new ChorusError(
      code,
      both(
        `the Edge service answered ${this.status}${this.status === 403 ? '; tts.edge.version may be too old' : ''}`,
        `Edge 语音服务回答 ${this.status}${this.status === 403 ? '，可能是 tts.edge.version 太旧' : ''}`,
      ),
    );
  }
}

function handshake(options: EdgeConnectOptions, signal: AbortSignal): Promise<WebSocket> {
  signal.throwIfAborted();
  const socket = new WebSocket(address(options), {
    headers: headers(options.version),
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('open', onOpen).off('unexpected-response', onRefused);
    };
    const fail = (error: unknown): void => {
      settle();
      // Ending a socket that is not open yet makes it report an error of its own, which has no one left to tell.
      socket.terminate();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onOpen = (): void => {
      settle();
      resolve(socket);
    };
    const onRefused = (_request: unknown, response: IncomingMessage): void => {
      response.resume();
      fail(new Refused(response.statusCode ?? 0, response.headers.date));
    };
    // Stays on for good: without a listener an error would end the process, and one may come with the answer to the
    // upgrade, before anybody has the socket.
    const onError = (error: Error): void =>
      fail(
        new ChorusError('tts.unreachable', both('the Edge service cannot be reached', '连不上 Edge 语音服务'), {
          cause: error,
        }),
      );
    socket.on('open', onOpen).on('unexpected-response', onRefused).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function address(options: EdgeConnectOptions): string {
  const url = new URL(options.url);
  url.searchParams.set('TrustedClientToken', CLIENT_TOKEN);
  url.searchParams.set('Sec-MS-GEC', secMsGec(options.time.wallMs(), CLIENT_TOKEN));
  url.searchParams.set('Sec-MS-GEC-Version', `1-${options.version}`);
  url.searchParams.set('ConnectionId', hexId());
  return url.href;
}

function headers(version: string): Readonly<Record<string, string>> {
  const major = version.split('.')[0] ?? version;
  return {
    Origin: ORIGIN,
    Pragma: 'no-cache',
    'Cache-Control': 'no-cache',
    'Accept-Language': 'en-US,en;q=0.9',
    'User-Agent':
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
      `Chrome/${major}.0.0.0 Safari/537.36 Edg/${major}.0.0.0`,
    Cookie: `muid=${hexId().toUpperCase()};`,
  };
}

/** 32 hexadecimal digits, as the service's ids are. */
export function hexId(): string {
  return randomBytes(16).toString('hex');
}
