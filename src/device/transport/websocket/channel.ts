import type { WebSocket } from 'ws';
import {
  decodeFrame,
  encodeFrame,
  negotiateFraming,
  serverHello,
  type DownlinkAudio,
  type Framing,
  type HelloMessage,
} from '../../protocol/index.js';
import type { CloseCause, TransportChannel } from '../transport-port.js';

/** The firmware ignores the close code (docs/protocol.md 2.1), but 1001 tells a browser that it may reconnect. */
const CLOSE_CODES: Readonly<Record<CloseCause, number>> = {
  done: 1000,
  going_away: 1001,
  policy: 1008,
  too_big: 1009,
  internal: 1011,
  replaced: 4001,
};
/** A Close frame has room for a reason of this size. */
const REASON_BYTES = 123;

export class WebSocketChannel implements TransportChannel {
  #framing: Framing = 1;

  /** `headerVersion` is the `Protocol-Version` header. */
  constructor(
    private readonly socket: WebSocket,
    private readonly headerVersion: string | undefined,
    private readonly downlink: DownlinkAudio,
  ) {}

  get framing(): Framing {
    return this.#framing;
  }

  hello(message: HelloMessage, sessionId: string): string {
    this.#framing = negotiateFraming(message, this.headerVersion);
    return serverHello(sessionId, this.downlink);
  }

  sendText(text: string): void {
    this.socket.send(text, { binary: false });
  }

  sendAudio(packet: Uint8Array, timestampMs: number): void {
    this.socket.send(encodeFrame(this.#framing, packet, timestampMs), { binary: true });
  }

  unwrapAudio(message: Uint8Array): Uint8Array | undefined {
    return decodeFrame(this.#framing, message)?.packet;
  }

  ping(): void {
    this.socket.ping();
  }

  bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  close(reason: string, cause: CloseCause): void {
    this.socket.close(CLOSE_CODES[cause], closeReason(reason));
  }

  terminate(): void {
    this.socket.terminate();
  }
}

/** Cuts the reason between two characters. */
function closeReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, REASON_BYTES), { stream: true });
}
