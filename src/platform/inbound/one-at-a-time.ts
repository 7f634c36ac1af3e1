import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => void;

/** Sockets with an unanswered request. */
const busy = new WeakSet<Socket>();

/** Whether a request of this connection is still in progress. */
export function isBusy(socket: Socket): boolean {
  return busy.has(socket);
}

/**
 * Answers one request per connection at a time. Node parses up to 64 kB of pipelined requests, more than a thousand, in
 * one turn of the event loop. Answering them all takes 0.1 s, during which no device gets sound. So a second concurrent
 * request closes the connection, and `refused` is called.
 */
export function oneAtATime(handle: HandleRequest, refused: (socket: Socket) => void): HandleRequest {
  return (request, response) => {
    const { socket } = request;
    // A request that arrived in the same bytes has already closed the connection.
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
