import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => void;

const busy = new WeakSet<Socket>();

export function isBusy(socket: Socket): boolean {
  return busy.has(socket);
}

/**
 * Closes a connection that sends a request before the previous one is answered. Node would parse a thousand pipelined
 * requests in one turn of the event loop. Answering all of them takes 0.1 s, during which no device gets sound.
 */
export function oneAtATime(handle: HandleRequest, refused: (socket: Socket) => void): HandleRequest {
  return (request, response) => {
    const { socket } = request;
    // Another request in the same bytes has already closed the connection.
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

/** Ends the connection of a request that `mayAsk` refuses. */
export function limited(mayAsk: (socket: Socket) => boolean, handle: HandleRequest): HandleRequest {
  return (request, response) => {
    if (mayAsk(request.socket)) handle(request, response);
    else request.socket.destroy();
  };
}
