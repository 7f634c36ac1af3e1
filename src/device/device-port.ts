import type { LanguageTag } from '../core/index.js';
import type { DeviceMessage, ServerMessage } from './protocol/index.js';

/** Who is at the other end, from the handshake, the hello and the OTA record. */
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

/** Whether what is sent reaches the device. */
export interface DeviceLink {
  /**
   * Asks the device for a sign of life, unless that was done just now; `anyway`: also then. To be called while it is
   * sent sound.
   */
  look(anyway?: boolean): void;
  /**
   * What was sent since this moment (`Clock.nowMs`) has not arrived: something on the way holds it. Undefined: all is
   * well.
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
  /** Undefined: this device cannot be asked. */
  readonly link?: DeviceLink | undefined;
  /** Closes; the transport ends the TCP connection by itself when no Close frame comes back. `reason` is for logs. */
  close(reason: string): void;
}

/** What a transport tells the session. All return at once. */
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
