import type { LanguageTag } from '../core/index.js';
import type { VisionAddress } from './vision/vision-port.js';
import type { DeviceMessage, ServerMessage } from './protocol/index.js';

/** The device at the other end, from the handshake, the hello and the OTA record. */
export interface DeviceIdentity {
  /** MAC, lower case with colons; the key of everything that is kept about a device. */
  readonly deviceId: string;
  readonly clientId: string;
  readonly sessionId: string;
  readonly language: LanguageTag;
  readonly timeZone: string;
  /** Dotted integers, from the last OTA request; undefined: unknown. */
  readonly firmwareVersion: string | undefined;
  /** Board name from User-Agent or OTA body. */
  readonly board: string | undefined;
  readonly features: { readonly mcp: boolean; readonly aec: boolean };
}

/** Whether the packets that are sent reach the device. */
export interface DeviceLink {
  /** Sends a ping to the device, unless one was sent a moment ago; `anyway`: even then. Called while sound is sent. */
  look(anyway?: boolean): void;
  /**
   * Packets sent since this moment (`Clock.nowMs`) have not arrived: the network holds them back. Undefined: they
   * arrive.
   */
  heldSinceMs(): number | undefined;
}

/** The session's side of one connection; implemented by each transport. Sending on a closed connection does nothing. */
export interface DeviceConnection {
  readonly identity: DeviceIdentity;
  send(message: ServerMessage): void;
  /** Frames one Opus packet for the negotiated framing and sends it. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  bufferedBytes(): number;
  /** Undefined: the device does not answer pings. */
  readonly link?: DeviceLink | undefined;
  /** Where this device may send pictures; undefined: nowhere. */
  readonly vision?: VisionAddress | undefined;
  /** Closes; the transport ends the TCP connection by itself when no Close frame comes back. `reason` is for logs. */
  close(reason: string): void;
}

/** Events of a transport for the session. All return at once. */
export interface SessionHandle {
  onMessage(message: DeviceMessage): void;
  /** One Opus packet, unframed; only valid during the call. */
  onAudio(packet: Uint8Array): void;
  onClosed(): void;
}

/** Called after the hello exchange. */
export interface SessionHost {
  accept(connection: DeviceConnection): SessionHandle;
}
