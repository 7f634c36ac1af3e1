import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ChorusError, type Bilingual } from '../../core/index.js';
import { refusedWith, retryAfterMs, serviceError, type ServiceKind } from './refusal.js';
import type { ServiceTime } from './service-time.js';
import { wireWords } from './words.js';

export interface SocketAddress {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

export interface SocketOptions {
  readonly kind: ServiceKind;
  /** Called again for a second attempt, because a signature contains the time. */
  readonly address: () => SocketAddress;
  /** A longer message closes the connection. */
  readonly maxMessageBytes: number;
  /** Set for a service that checks our clock. */
  readonly time?: ServiceTime;
  /** If true, the socket starts paused, because a message may arrive before there is a listener. */
  readonly paused?: boolean;
  /** A likely reason for a refusal with 401 or 403, for the message. */
  readonly hint?: Bilingual;
}

/**
 * Opens a WebSocket. Tries once more with the right time if the `Date` of a refusal shows that our clock is wrong.
 * Errors: `unreachable`, `rejected`, `rate_limited` or `failed` of the kind, or the signal's reason.
 */
export async function connectSocket(options: SocketOptions, signal: AbortSignal): Promise<WebSocket> {
  const { time } = options;
  const skewMs = time?.skewMs;
  try {
    return await handshake(options, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const ofTime = time !== undefined && (error.status === 401 || error.status === 403);
    // Several connections may be refused at once. Only the first refusal corrects the time, but all are tried again.
    if (!ofTime || !(time.correct(error.date) || time.skewMs !== skewMs)) throw errorOf(error, options);
  }
  try {
    return await handshake(options, signal);
  } catch (error) {
    throw error instanceof Refused ? errorOf(error, options) : error;
  }
}

class Refused extends Error {
  readonly status: number;
  readonly date: string | undefined;
  readonly afterMs: number | undefined;

  constructor(response: IncomingMessage) {
    super(`refused with ${response.statusCode}`);
    this.status = response.statusCode ?? 0;
    this.date = response.headers.date;
    this.afterMs = retryAfterMs(response.headers['retry-after'], this.date);
  }
}

function errorOf({ status, afterMs }: Refused, { kind, hint }: SocketOptions): ChorusError {
  const error = refusedWith(kind, status, '', afterMs);
  if (hint === undefined || (status !== 401 && status !== 403)) return error;
  return new ChorusError(error.code, wireWords.withHint({ en: error.message, zh: String(error.details['zh']) }, hint), {
    details: error.details,
  });
}

function handshake(options: SocketOptions, signal: AbortSignal): Promise<WebSocket> {
  signal.throwIfAborted();
  const { kind, address, maxMessageBytes } = options;
  const { url, headers = {}, protocols = [] } = address();
  const socket = new WebSocket(url, [...protocols], {
    headers,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('open', onOpen).off('unexpected-response', onRefused);
    };
    const fail = (error: unknown): void => {
      settle();
      // Terminating a socket before it is open emits an `error` event. `onError` handles the event.
      socket.terminate();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onOpen = (): void => {
      settle();
      if (options.paused === true) socket.pause();
      resolve(socket);
    };
    const onRefused = (_request: unknown, response: IncomingMessage): void => {
      response.resume();
      fail(new Refused(response));
    };
    // This listener is never removed, because an unhandled error would end the process. An error may come with the
    // answer to the upgrade, before the caller has the socket.
    const onError = (error: Error): void =>
      fail(serviceError(kind, 'unreachable', wireWords.unreachable, { cause: error }));
    socket.on('open', onOpen).on('unexpected-response', onRefused).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

export function hexId(): string {
  return randomBytes(16).toString('hex');
}
