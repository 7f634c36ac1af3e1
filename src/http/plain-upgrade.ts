import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { oneAtATime, type HandleRequest } from '../platform/inbound/index.js';

/**
 * Ignores an unknown `Upgrade` header, as HTTP requires. One example is `h2c` of `curl --http2`. Only a request with a
 * body is refused.
 */
export function answerWithoutUpgrade(request: IncomingMessage, socket: Socket, handle: HandleRequest): void {
  // Nothing else handles this socket's errors now.
  socket.on('error', () => socket.destroy());
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length !== '0' || encoding !== undefined) {
    // A client may leave its half of the connection open.
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end(() => socket.destroy()));
  oneAtATime(handle, () => undefined)(request, response);
}
