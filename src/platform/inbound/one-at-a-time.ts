import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => void;

/** Sockets with a request that is not answered yet. */
const busy = new WeakSet<Socket>();

/** Whether a request of this connection is still under way. */
export function isBusy(socket: Socket): boolean {
  return busy.has(socket);
}

/**
 * Answers one request of a connection at a time. Node parses up to 64 kB of pipelined requests, more than a thousand of
 * them, in one turn of the event loop; answering those at once takes 0.1 s, in which nobody's sound is sent. So a
 * second request ends the connection, and `refused` is called.
 */
export function oneAtATime(handle: HandleRequest, refused: (socket: Socket) => void): HandleRequest {
  return (request, response) => {
    const { socket } = request;
    // The connection was ended for an earlier request of the same chunk.
    if (socket.destroyed) return;
    if (busy.has(socket)) {
      refused(socket);
      socket.destroy();
      return;
    }
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
    handle(request, response);
  };
}
