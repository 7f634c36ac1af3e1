import { isUtf8 } from 'node:buffer';
import type { WebSocket } from 'ws';
import { connectSocket, type SocketOptions } from './socket.js';

/** Time limit for the connection and for the service's report that it takes audio or text. */
export const START_MS = 5_000;
/** Length of one message of audio to a service that asks for no other. */
export const MESSAGE_MS = 100;

/** One message: text, or bytes. */
export type WireMessage = string | Uint8Array;

/** A connection to a service, over any transport. */
export interface ServiceConnection {
  send(message: WireMessage): void;
  /** Bytes that the other side has not taken yet. */
  readonly buffered: number;
  /** True: the connection has served a task before. It may have died since, and nothing has reported it. */
  reused?: boolean;
  /** Holds the other side back; {@link resume} lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends the connection at once; `closed` is not called. */
  terminate(): void;
  /**
   * Sets the listener. Call it before anything is awaited after the connection was made. A later listener replaces an
   * earlier one.
   */
  listen(on: ConnectionListener): void;
}

export interface ConnectionListener {
  readonly message: (message: WireMessage) => void;
  /** `orderly`: the service closed the connection on purpose. */
  readonly closed: (why: string, orderly: boolean) => void;
}

/** A WebSocket to a service. Errors: as of {@link connectSocket}. */
export async function socketConnection(
  options: Omit<SocketOptions, 'paused'>,
  signal: AbortSignal,
): Promise<ServiceConnection> {
  return connectionOf(await connectSocket({ ...options, paused: true }, signal));
}

/** Makes a connection of a socket that is open and has received nothing yet. */
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
    // After a message that is too long, or half a frame, the other side may take half a minute to close.
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
