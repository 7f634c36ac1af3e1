import type { LanguageTag } from '../core/index.js';
import type { VisionAddress } from './vision/vision-port.js';
import type { DeviceMessage, ServerMessage } from './protocol/index.js';

/** Identity of the connected device, from the handshake, the hello and the OTA record. */
export interface DeviceIdentity {
  /** MAC, lower case with colons; the key of all stored data about a device. */
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

/** Checks whether sent packets reach the device. */
export interface DeviceLink {
  /**
   * Pings the device. Sends nothing while a ping is unanswered, or shortly after the last ping. `anyway`: ignores the
   * second condition. The session calls this while it sends sound.
   */
  look(anyway?: boolean): void;
  /**
   * Moment (`Clock.nowMs`) since which the network holds sent packets back. Undefined: packets arrive.
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
  /** Address to which this device may send pictures; undefined: none. */
  readonly vision?: VisionAddress | undefined;
  /** Closes the connection. If no Close frame comes back, the transport ends TCP by itself. `reason` is for logs. */
  close(reason: string): void;
}

/** Events that a transport reports to the session. All methods return at once. */
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
