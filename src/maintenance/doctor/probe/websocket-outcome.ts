import { WebSocket } from 'ws';
import { type Clock, sleep } from '../../../core/index.js';
import type { DeviceIdentityClaim } from '../../../measure/fleet/index.js';

/** A ping, which the other side must answer at once. */
export interface Echo {
  readonly sentMs: number;
  /** Undefined if no answer came in time. */
  readonly gotMs: number | undefined;
}

/** Times are in ms since the start of the connection. */
export type WebSocketOutcome =
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'error'; readonly code: string; readonly detail: string }
  /** The connection opened, but was closed or silent before the server's hello. */
  | { readonly kind: 'no_hello'; readonly openMs: number; readonly closeCode: number | undefined }
  | { readonly kind: 'hello'; readonly openMs: number; readonly helloMs: number; readonly echoes: readonly Echo[] };

export interface WebSocketQuestion {
  readonly url: string;
  readonly token: string;
  readonly identity: DeviceIdentityClaim;
  readonly authorities: string | undefined;
}

/** Both time limits of the firmware are 10 s (web_socket.cc, websocket_protocol.cc). */
const OPEN_MS = 10_000;
const HELLO_MS = 10_000;
/** Equal to the interval of audio packets. */
const ECHO_EVERY_MS = 60;
const ECHOES = 20;
const ECHO_TIMEOUT_MS = 3000;
/** The hello of docs/protocol.md 2.3. It does not offer MCP, so the server answers only with its own hello. */
const DEVICE_HELLO = JSON.stringify({
  type: 'hello',
  version: 1,
  transport: 'websocket',
  audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
});

/** Pings at the pace of audio after the hello. Rejects only with the signal's reason. */
export async function askWebSocket(
  { url, token, identity, authorities }: WebSocketQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<WebSocketOutcome> {
  const fromMs = clock.nowMs();
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    handshakeTimeout: OPEN_MS,
    followRedirects: false,
    ...(authorities !== undefined && { ca: authorities }),
    headers: {
      Host: new URL(url).hostname,
      ...(token !== '' && { Authorization: `Bearer ${token}` }),
      'Protocol-Version': '1',
      'Device-Id': identity.deviceId,
      'Client-Id': identity.clientId,
    },
  });
  const stop = (): void => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const opened = await open(socket);
    if (opened !== undefined) return opened;
    const openMs = clock.nowMs() - fromMs;
    const hello = helloOf(socket, clock);
    socket.send(DEVICE_HELLO);
    const closeCode = await hello;
    if (closeCode !== 'hello') return { kind: 'no_hello', openMs, closeCode };
    const helloMs = clock.nowMs() - fromMs;
    return { kind: 'hello', openMs, helloMs, echoes: await echoes(socket, clock, fromMs, signal) };
  } finally {
    signal.removeEventListener('abort', stop);
    socket.terminate();
    signal.throwIfAborted();
  }
}

function open(socket: WebSocket): Promise<WebSocketOutcome | undefined> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(undefined));
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ kind: 'refused', status: response.statusCode ?? 0 });
    });
    // This listener is never removed, because a terminated socket may still report an error.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        kind: 'error',
        code: error.code ?? (/timed out/.test(error.message) ? 'TIMEOUT' : 'unknown'),
        detail: error.message,
      }),
    );
  });
}

/** Resolves with the close code if the server closes before its hello, and with undefined after the time limit. */
function helloOf(socket: WebSocket, clock: Clock): Promise<'hello' | number | undefined> {
  return new Promise((resolve) => {
    const timer = clock.after(HELLO_MS, () => resolve(undefined));
    const settle = (value: 'hello' | number): void => {
      timer.cancel();
      resolve(value);
    };
    socket.once('close', (code) => settle(code));
    socket.on('message', (data, isBinary) => {
      if (!isBinary && isHello((data as Buffer).toString('utf8'))) settle('hello');
    });
  });
}

function isHello(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type === 'hello';
  } catch {
    return false;
  }
}

async function echoes(socket: WebSocket, clock: Clock, fromMs: number, signal: AbortSignal): Promise<readonly Echo[]> {
  const sent: number[] = [];
  const got = new Map<number, number>();
  const over = new AbortController();
  const finish = (): void => over.abort();
  const all = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }));
  socket.on('pong', (data) => {
    got.set(Number(data.toString('utf8')), clock.nowMs() - fromMs);
    if (got.size === ECHOES) finish();
  });
  socket.once('close', finish);
  for (let i = 0; i < ECHOES && socket.readyState === WebSocket.OPEN; i++) {
    sent.push(clock.nowMs() - fromMs);
    socket.ping(String(i));
    await sleep(clock, ECHO_EVERY_MS, signal);
  }
  const timeout = clock.after(ECHO_TIMEOUT_MS, finish);
  await all;
  timeout.cancel();
  return sent.map((sentMs, i) => ({ sentMs, gotMs: got.get(i) }));
}
