import { isUtf8 } from 'node:buffer';
import type { WebSocket } from 'ws';
import { connectSocket, type SocketOptions } from './socket.js';

/** Time limit for connecting, and then for the service to accept audio or text. */
export const START_MS = 5_000;
export const MESSAGE_MS = 100;

export type WireMessage = string | Uint8Array;

export interface ServiceConnection {
  send(message: WireMessage): void;
  /** Number of sent bytes that the other side has not accepted yet. */
  readonly buffered: number;
  /** True if the connection has served a task before. The connection may be dead without a close event. */
  reused?: boolean;
  pause(): void;
  resume(): void;
  /** Ends the connection at once. Over a WebSocket, `closed` is still called. */
  terminate(): void;
  /** Must be called before the first `await` after the connection was made. */
  listen(on: ConnectionListener): void;
}

export interface ConnectionListener {
  readonly message: (message: WireMessage) => void;
  /** `orderly` is true if the service closed the connection deliberately. */
  readonly closed: (why: string, orderly: boolean) => void;
}

/** Errors: those of {@link connectSocket}. */
export async function socketConnection(
  options: Omit<SocketOptions, 'paused'>,
  signal: AbortSignal,
): Promise<ServiceConnection> {
  return connectionOf(await connectSocket({ ...options, paused: true }, signal));
}

/** The socket must be open and must have received nothing yet. */
export function connectionOf(socket: WebSocket): ServiceConnection {
  let listener: ConnectionListener | undefined;
  const attach = (): void => {
    socket.on('message', (data: unknown, isBinary: boolean) => {
      if (!Buffer.isBuffer(data)) return;
      if (isBinary) listener?.message(data);
      else if (isUtf8(data)) listener?.message(data.toString('utf8'));
    });
    let over = false;
    const end = (why: string, orderly: boolean): void => {
      if (over) return;
      over = true;
      listener?.closed(why, orderly);
    };
    // After an error, for example an overlong message, the event `close` may come half a minute later.
    socket.on('error', (error) => end(error.message, false));
    socket.on('close', (code, reason) =>
      end(reason.length > 0 ? `${code} ${reason.toString('utf8')}` : String(code), code === 1000),
    );
    socket.resume();
  };
  return {
    send: (message) => socket.send(message),
    get buffered() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    terminate: () => socket.terminate(),
    listen(on) {
      const first = listener === undefined;
      listener = on;
      if (first) attach();
    },
  };
}
