import { WebSocket } from 'ws';
import { ChorusError } from '../../core/index.js';
import type { Framing } from '../../device/protocol/index.js';
import type { DeviceIdentityClaim } from './ota-client.js';

export interface ChannelOptions {
  readonly url: string;
  readonly token: string;
  readonly framing: Framing;
  readonly identity: DeviceIdentityClaim;
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onBinary: (message: Uint8Array) => void;
  /** Called once, except after `drop`. `error` says why the socket did not open, or broke. */
  readonly onClosed: (error: ChorusError | undefined) => void;
}

export interface DeviceChannel {
  sendText(text: string): void;
  sendBinary(message: Uint8Array): void;
  /** Closes the TCP connection without a Close frame, as the firmware does. No `onClosed` follows. */
  drop(): void;
  stall(): void;
  resume(): void;
}

/** docs/protocol.md 2.1. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Uses the firmware's headers (docs/protocol.md 2.1): no Origin, sub-protocol, compression or port in Host. */
export class Channel implements DeviceChannel {
  readonly #socket: WebSocket;
  #closed = false;

  constructor(private readonly options: ChannelOptions) {
    const { identity, token, framing } = options;
    const socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headers: {
        Host: new URL(options.url).hostname,
        ...(token !== '' && { Authorization: token.includes(' ') ? token : `Bearer ${token}` }),
        'Protocol-Version': String(framing),
        'Device-Id': identity.deviceId,
        'Client-Id': identity.clientId,
      },
    });
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('open', options.onOpen);
    socket.on('message', (data, isBinary) => {
      if (this.#closed) return;
      const bytes = data as Buffer;
      if (isBinary) options.onBinary(bytes);
      else options.onText(bytes.toString('utf8'));
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      const hint = response.statusCode === 401 ? ' (the token was not accepted)' : '';
      this.#end(
        new ChorusError(
          'device.refused',
          `${options.url} answered ${response.statusCode ?? '?'} to the WebSocket handshake${hint}`,
          { details: { url: options.url, ...(response.statusCode !== undefined && { status: response.statusCode }) } },
        ),
      );
    });
    socket.on('error', (error) =>
      this.#end(
        new ChorusError('device.unreachable', `the WebSocket to ${options.url} failed: ${error.message}`, {
          cause: error,
          details: { url: options.url },
        }),
      ),
    );
    socket.on('close', () => this.#end(undefined));
  }

  sendText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  sendBinary(message: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  drop(): void {
    this.#closed = true;
    this.#socket.terminate();
  }

  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #end(error: ChorusError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.onClosed(error);
  }
}
