import type { LanguageTag } from '../core/index.js';
import type { VisionAddress } from './vision/vision-port.js';
import type { DeviceMessage, ServerMessage } from './protocol/index.js';

/** Identity of the connected device, from the WebSocket handshake, the hello, and its record of OTA requests. */
export interface DeviceIdentity {
  /** MAC, in lower case with colons. It is the key of all stored data about a device. */
  readonly deviceId: string;
  readonly clientId: string;
  readonly sessionId: string;
  readonly language: LanguageTag;
  readonly timeZone: string;
  /** Dotted integers, from the last OTA request. Undefined: unknown. */
  readonly firmwareVersion: string | undefined;
  /** Board name from the User-Agent or the body of the OTA request. */
  readonly board: string | undefined;
  readonly features: { readonly mcp: boolean; readonly aec: boolean };
}

/** Checks whether sent packets reach the device. */
export interface DeviceLink {
  /**
   * Pings the device, unless the last ping was sent a moment ago or is still unanswered. `anyway`: pings even if the
   * last one was sent a moment ago. The session calls this while it sends sound.
   */
  look(anyway?: boolean): void;
  /** Time (`Clock.nowMs`) since which the network has held sent packets back. Undefined: packets arrive. */
  heldSinceMs(): number | undefined;
}

/** A connection as the session sees it. Each transport implements it. Sending on a closed connection does nothing. */
export interface DeviceConnection {
  readonly identity: DeviceIdentity;
  send(message: ServerMessage): void;
  /** Wraps one Opus packet in the negotiated framing and sends it. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  bufferedBytes(): number;
  /** Undefined: the device does not answer pings. */
  readonly link?: DeviceLink | undefined;
  /** Address to which this device may send pictures. Undefined: there is none. */
  readonly vision?: VisionAddress | undefined;
  /**
   * Closes the connection. If the device sends no Close frame back, the transport ends the TCP connection by itself.
   * `reason` is for logs.
   */
  close(reason: string): void;
}

/** Events that a transport reports to the session. All methods return at once. */
export interface SessionHandle {
  onMessage(message: DeviceMessage): void;
  /** Receives one Opus packet without framing. The packet is valid only during the call. */
  onAudio(packet: Uint8Array): void;
  onClosed(): void;
}

/** Called after the hello exchange. */
export interface SessionHost {
  accept(connection: DeviceConnection): SessionHandle;
}
