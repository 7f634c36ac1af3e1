import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { oneAtATime, type HandleRequest } from '../platform/inbound/index.js';

/**
 * Answers a request with an unknown `Upgrade` (`h2c` of `curl --http2`) as if it had none, as HTTP requires. Node
 * passes such a request to the upgrade listener as soon as there is one. The connection ends with the answer.
 */
export function answerWithoutUpgrade(request: IncomingMessage, socket: Socket, handle: HandleRequest): void {
  // Nobody else listens to the socket now.
  socket.on('error', () => socket.destroy());
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length !== '0' || encoding !== undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end(() => socket.destroy()));
  oneAtATime(handle, () => undefined)(request, response);
}
