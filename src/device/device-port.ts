import type { LanguageTag } from '../core/index.js';
import type { VisionAddress } from './vision/vision-port.js';
import type { DeviceMessage, ServerMessage } from './protocol/index.js';

export interface DeviceIdentity {
  /** MAC in lower case with colons. */
  readonly deviceId: string;
  readonly clientId: string;
  readonly sessionId: string;
  readonly language: LanguageTag;
  readonly timeZone: string;
  /** Dotted integers from the last OTA request. Undefined if unknown. */
  readonly firmwareVersion: string | undefined;
  /** Board name from the User-Agent or the body of the OTA request. */
  readonly board: string | undefined;
  readonly features: { readonly mcp: boolean; readonly aec: boolean };
}

/** Checks whether sent packets reach the device. */
export interface DeviceLink {
  /** Pings the device, unless the last ping is recent or unanswered. With `anyway`, a recent ping does not matter. */
  look(anyway?: boolean): void;
  /** When the network began to hold sent packets back, in `Clock.nowMs` time. Undefined if packets arrive. */
  heldSinceMs(): number | undefined;
}

/** A device's connection. Sending on a closed connection does nothing. */
export interface DeviceConnection {
  readonly identity: DeviceIdentity;
  send(message: ServerMessage): void;
  /** Sends one Opus packet in the negotiated framing. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  bufferedBytes(): number;
  /** Undefined if the device does not answer pings. */
  readonly link?: DeviceLink | undefined;
  /** Where the device may send pictures. */
  readonly vision?: VisionAddress | undefined;
  /** If the device does not answer the Close frame, the transport ends the TCP connection. `reason` is for logs. */
  close(reason: string): void;
}

/** Events that a transport reports to the session. All methods return at once. */
export interface SessionHandle {
  onMessage(message: DeviceMessage): void;
  /** Receives one Opus packet without framing. The packet is valid only during the call. */
  onAudio(packet: Uint8Array): void;
  onClosed(): void;
}

/** Starts the session of a connection, after the hello exchange. */
export interface SessionHost {
  accept(connection: DeviceConnection): SessionHandle;
}
