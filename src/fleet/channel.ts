import { ChorusError } from '../core/index.js';
import type { Framing } from '../protocol/index.js';
import type { DeviceIdentityClaim } from './ota-client.js';
import { WebSocketClient } from './web-socket.js';

export interface ChannelOptions {
  readonly url: string;
  readonly token: string;
  readonly framing: Framing;
  readonly identity: DeviceIdentityClaim;
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onBinary: (message: Uint8Array) => void;
  /** Once, also when the socket never opened; `error` says why then. */
  readonly onClosed: (error: ChorusError | undefined) => void;
}

/** The device's side of a connection, as its driver needs it. */
export interface DeviceChannel {
  sendText(text: string): void;
  sendBinary(message: Uint8Array): void;
  /** TCP close without a Close frame, as the firmware does it. No `onClosed` follows. */
  drop(): void;
  /** Stops reading for a while: what a device behind bad Wi-Fi looks like. */
  stall(): void;
  resume(): void;
}

/** net: web_socket.cc. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** One WebSocket with the headers of the firmware (protocol.md 2.1): no Origin, no sub-protocol, no compression, no port in Host. */
export class Channel implements DeviceChannel {
  readonly #socket: WebSocketClient;

  constructor(options: ChannelOptions) {
    const { url, identity, token, framing, onOpen, onText, onBinary, onClosed } = options;
    this.#socket = new WebSocketClient({
      url,
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
      headers: {
        Host: new URL(url).hostname,
        ...(token !== '' && { Authorization: token.includes(' ') ? token : `Bearer ${token}` }),
        'Protocol-Version': String(framing),
        'Device-Id': identity.deviceId,
        'Client-Id': identity.clientId,
      },
      onOpen,
      onText,
      onBinary,
      onRefused: (status) => {
        const hint = status === 401 ? ' (the token was not accepted)' : '';
        onClosed(new ChorusError('device.refused', `${url} answered ${status} to the WebSocket handshake${hint}`, { details: { url, status } }));
      },
      onFailed: (error) => onClosed(new ChorusError('device.unreachable', `the WebSocket to ${url} failed: ${error.message}`, { cause: error, details: { url } })),
      onClosed: () => onClosed(undefined),
    });
  }

  sendText(text: string): void {
    this.#socket.sendText(text);
  }

  sendBinary(message: Uint8Array): void {
    this.#socket.sendBinary(message);
  }

  drop(): void {
    this.#socket.terminate();
  }

  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
