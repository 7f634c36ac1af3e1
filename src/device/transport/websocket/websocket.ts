import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { isBusy, headerText, isDevicePath, wantsWebSocket } from '../../../platform/inbound/index.js';
import type { Credentials, Refusal } from '../../access/device-gate.js';
import type { AdvertisedAddress } from '../../ota/advertised-address.js';
import { madeDeviceId, parseClientId, parseDeviceId } from '../../protocol/index.js';
import type { ChannelEvents, OtherUpgrades, Transport, TransportHost } from '../transport-port.js';
import { WebSocketChannel } from './channel.js';

/** A web page can set no header except the list of sub-protocols. Its token is therefore a sub-protocol. */
const TOKEN_PROTOCOL = 'chorus.token.';

/** Plain HTTP answers to refused connections. The firmware then reports "cannot connect". */
const REFUSALS: Readonly<Record<Refusal, string>> = {
  draining: '503 Service Unavailable',
  full: '503 Service Unavailable',
  rate_limited: '429 Too Many Requests',
  unauthorized: '401 Unauthorized',
  failed: '500 Internal Server Error',
};

/** Accepts devices on every path of the main port that is not used for something else. */
export function createWebSocketTransport(host: TransportHost): Transport {
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression is never negotiated (docs/protocol.md 2.1).
    perMessageDeflate: false,
    // Not needed, because `ProtocolConnection` decodes text leniently.
    skipUTF8Validation: true,
    // An offered sub-protocol may be the token, which the server must not choose.
    handleProtocols: (offered) => [...offered].find((name) => !name.startsWith(TOKEN_PROTOCOL)) ?? false,
    maxPayload: host.limits.messageBytes,
  });
  host.http.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
    // The server may have refused the request.
    if (!wantsWebSocket(request) || socket.destroyed) return;
    // A busy client sent data before it had the answer to its request. No device does this.
    if (host.scope.closed || isBusy(request.socket)) {
      socket.destroy();
      return;
    }
    if (host.otherUpgrades?.takes(request) === true) {
      upgradeOther(host, host.otherUpgrades, request, socket, head);
      return;
    }
    host.scope.fork('handshake', () => upgrade(host, wss, request, socket, head));
  });
  return {
    ota: ({ websocketUrl }: AdvertisedAddress, token) => ({ websocket: { url: websocketUrl, token, version: 1 } }),
  };
}

/** Passes the upgrade on to another endpoint. The same limits apply, because anybody may request that endpoint too. */
function upgradeOther(
  host: TransportHost,
  other: OtherUpgrades,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const place = host.gate.reserve(host.peers.identify(request.socket.remoteAddress, request.headers));
  if ('refused' in place) {
    socket.on('error', () => socket.destroy());
    return refuse(socket, place.refused);
  }
  socket.once('close', () => place.release());
  other.upgrade(request, socket, head, () => host.keep(socket));
}

/** Never rejects because of what the client does. */
async function upgrade(
  host: TransportHost,
  wss: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { gate, peers } = host;
  // Until the WebSocket takes over, an unhandled error of the socket would end the process.
  const onError = (): void => {
    socket.destroy();
  };
  socket.on('error', onError);
  if (!isDevicePath(request.url)) return answer(socket, '404 Not Found');
  const peer = peers.identify(request.socket.remoteAddress, request.headers);
  const place = gate.reserve(peer);
  if ('refused' in place) return refuse(socket, place.refused);
  socket.once('close', () => place.release());
  const from = { peer, browser: request.headers.origin !== undefined };
  const credentials = credentialsOf(request);
  const admitted = await gate.admit(credentials, from, () => socket.destroyed);
  if (!admitted) return;
  if ('refused' in admitted) {
    const informal = credentials === undefined || credentials.informal === true;
    return refuse(socket, admitted.refused, admitted.refused === 'unauthorized' && informal ? INFORMAL : undefined);
  }
  socket.off('error', onError);
  host.keep(socket);
  const headerVersion = headerText(request.headers['protocol-version']);
  wss.handleUpgrade(request, socket, head, (accepted) =>
    forward(accepted, host.connect(admitted, new WebSocketChannel(accepted, headerVersion, host.downlink), request)),
  );
}

function forward(socket: WebSocket, events: ChannelEvents): void {
  socket.on('message', (data, isBinary) => (isBinary ? events.onAudio(asBuffer(data)) : events.onText(asBuffer(data))));
  socket.on('ping', () => events.onReplied());
  socket.on('pong', () => events.onPong());
  socket.on('close', (code) => events.onGone({ code }));
  socket.on('error', (error) => events.onError(error));
}

/** Sent with a refusal, as a hint for the client's developer. */
const INFORMAL =
  'Headers Device-Id (a MAC), Client-Id and Authorization are needed; ids in the query, or one that is no MAC, ' +
  'only with auth.pairing: open. ' +
  '需要请求头 Device-Id（MAC 地址）、Client-Id 和 Authorization；' +
  '把编号写在查询参数里，或编号不是 MAC，只在 auth.pairing 为 open 时允许。';

function refuse(socket: Duplex, refusal: Refusal, reason?: string): void {
  answer(socket, REFUSALS[refusal], reason);
}

function answer(socket: Duplex, status: string, reason = status): void {
  socket.once('finish', () => socket.destroy());
  const type = 'text/plain; charset=utf-8';
  const head = [`Connection: close`, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(reason)}`];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${reason}`);
}

/**
 * Without a `Device-Id` header, ids and token come from the query, and the token also from a sub-protocol. Web pages
 * need this, because they cannot set headers. They always send an Origin (docs/protocol.md 7). Returns undefined if
 * there are no usable ids.
 */
function credentialsOf({ headers, url }: IncomingMessage): Credentials | undefined {
  const query = headers['device-id'] === undefined ? queryOf(url) : undefined;
  const given = query ? (query.get('device-id') ?? undefined) : headerText(headers['device-id']);
  const mac = parseDeviceId(given);
  const deviceId = mac ?? madeDeviceId(given);
  const informal = mac === undefined || (query !== undefined && headers.origin === undefined);
  const named = parseClientId(query ? (query.get('client-id') ?? undefined) : headerText(headers['client-id']));
  const clientId = named ?? (informal ? deviceId : undefined);
  if (deviceId === undefined || clientId === undefined) return undefined;
  const offered = query ? tokenOffered(headerText(headers['sec-websocket-protocol'])) : undefined;
  const authorization = offered ?? (query ? query.get('authorization') : headers.authorization) ?? '';
  return { deviceId, clientId, informal, token: authorization.replace(/^Bearer\s+/i, '').trim() };
}

function tokenOffered(protocols: string | undefined): string | undefined {
  const offered = protocols?.split(',').find((name) => name.trim().startsWith(TOKEN_PROTOCOL));
  return offered?.trim().slice(TOKEN_PROTOCOL.length);
}

function queryOf(url: string | undefined): URLSearchParams {
  const start = url?.indexOf('?') ?? -1;
  return new URLSearchParams(start < 0 ? '' : url?.slice(start + 1));
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
