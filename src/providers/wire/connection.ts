import { isUtf8 } from 'node:buffer';
import type { WebSocket } from 'ws';
import { connectSocket, type SocketOptions } from './socket.js';

/** One message: text, or bytes. */
export type WireMessage = string | Uint8Array;

/** A connection to a service, over any transport. */
export interface ServiceConnection {
  send(message: WireMessage): void;
  /** Bytes that the other side has not taken yet. */
  readonly buffered: number;
  /** Holds the other side back, and lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends it at once; `closed` is not called. */
  terminate(): void;
  /** Called once, before anything is awaited after the connection was made. */
  listen(on: {
    readonly message: (message: WireMessage) => void;
    /** `orderly`: the service meant to. */
    readonly closed: (why: string, orderly: boolean) => void;
  }): void;
}

/** A WebSocket to a service. Errors: as of {@link connectSocket}. */
export async function socketConnection(
  options: Omit<SocketOptions, 'paused'>,
  signal: AbortSignal,
): Promise<ServiceConnection> {
  return connectionOf(await connectSocket({ ...options, paused: true }, signal));
}

/** A socket that is open, and on which nothing was received yet. */
export function connectionOf(socket: WebSocket): ServiceConnection {
  return {
    send: (message) => socket.send(message),
    get buffered() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    terminate: () => socket.terminate(),
    listen({ message, closed }) {
      socket.on('message', (data: unknown, isBinary: boolean) => {
        if (!Buffer.isBuffer(data)) return;
        if (isBinary) message(data);
        else if (isUtf8(data)) message(data.toString('utf8'));
      });
      let over = false;
      const end = (why: string, orderly: boolean): void => {
        if (over) return;
        over = true;
        closed(why, orderly);
      };
      // A message that is too long, or half a frame: the other side may take half a minute to close.
      socket.on('error', (error) => end(error.message, false));
      socket.on('close', (code, reason) =>
        end(reason.length > 0 ? `${code} ${reason.toString('utf8')}` : String(code), code === 1000),
      );
      socket.resume();
    },
  };
}
