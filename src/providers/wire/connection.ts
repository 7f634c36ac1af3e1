import { isUtf8 } from 'node:buffer';
import type { WebSocket } from 'ws';
import { connectSocket, type SocketOptions } from './socket.js';

/** Time limit for connecting and for the service's report that it accepts audio or text. */
export const START_MS = 5_000;
/** Default length of one audio message. */
export const MESSAGE_MS = 100;

/** One message: text, or bytes. */
export type WireMessage = string | Uint8Array;

/** A connection to a service, over any transport. */
export interface ServiceConnection {
  send(message: WireMessage): void;
  /** Number of sent bytes that the other side has not accepted yet. */
  readonly buffered: number;
  /** True: the connection has served a task before. It may have died since then without a close event. */
  reused?: boolean;
  /** Pauses reading, which slows the other side. {@link resume} continues. */
  pause(): void;
  resume(): void;
  /** Ends the connection at once; `closed` is not called. */
  terminate(): void;
  /**
   * Sets the listener, which replaces an earlier one. Call it before the first `await` after the connection was made.
   */
  listen(on: ConnectionListener): void;
}

export interface ConnectionListener {
  readonly message: (message: WireMessage) => void;
  /** `orderly`: the service closed the connection deliberately. */
  readonly closed: (why: string, orderly: boolean) => void;
}

/** A WebSocket to a service. Errors: those of {@link connectSocket}. */
export async function socketConnection(
  options: Omit<SocketOptions, 'paused'>,
  signal: AbortSignal,
): Promise<ServiceConnection> {
  return connectionOf(await connectSocket({ ...options, paused: true }, signal));
}

/** Wraps an open socket that has received nothing yet. */
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
    // Ends at once, because after an overlong message or half a frame the other side may take half a minute to close.
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
