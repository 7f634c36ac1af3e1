import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { DownlinkAudio, HelloMessage } from '../protocol/index.js';
import type { Admitted, DeviceGate } from '../access/device-gate.js';
import type { Limits } from '../access/limits.js';
import type { AdvertisedAddress } from '../ota/advertised-address.js';
import type { PeerPolicy } from '../../platform/inbound/index.js';

/** Why the server closes a connection. Each transport tells the device in its own way. */
export type CloseCause = 'done' | 'going_away' | 'policy' | 'too_big' | 'internal' | 'replaced';

/** An open connection of a device, as the rest of the server sees it. */
export interface OpenConnection {
  /** A second call does nothing. `reason` is for logs. */
  close(reason: string, cause?: CloseCause): void;
  /** Called every few seconds. Closes the connection if it is dead, or idle for too long. */
  sweep(nowMs: number): void;
}

/** Carries whole messages and Opus packets to and from one device. */
export interface TransportChannel {
  /** Framing of the audio, for the log. */
  readonly framing: string | number;
  /** Answers the device's hello. The channel then uses the agreed framing and keys. */
  hello(message: HelloMessage, sessionId: string): string;
  sendText(text: string): void;
  /** `packet` must not be empty. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  /** Returns the Opus packet, which may be empty (DTX). Returns undefined if the message is malformed. */
  unwrapAudio(message: Uint8Array): Uint8Array | undefined;
  /** {@link ChannelEvents.onPong} follows. Undefined if the transport has no pings. */
  ping?(): void;
  /** Number of bytes that were handed to the channel and are not sent yet. */
  bufferedBytes(): number;
  /** {@link ChannelEvents.onGone} follows. */
  close(reason: string, cause: CloseCause): void;
  /** Ends the channel at once. {@link ChannelEvents.onGone} follows. */
  terminate(): void;
}

export interface ChannelEvents {
  onText(message: Buffer): void;
  onAudio(message: Buffer): void;
  /** Called after the transport answered the device by itself, for example a ping. The device may not be reading. */
  onReplied(): void;
  onPong(): void;
  onError(error: Error): void;
  /** Called once, when nothing can be sent or received any more. `fields` are for the log. */
  onGone(fields: Readonly<Record<string, unknown>>): void;
}

/** Handles some of the WebSocket upgrades on the main port. */
export interface OtherUpgrades {
  takes(request: IncomingMessage): boolean;
  /**
   * Answers the upgrade, or destroys the socket. `keep` marks a known client, whose socket is not closed to make room
   * for others.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void): void;
  /** Ends the connections before the port is closed. */
  close(): void;
}

/** What a transport needs from the server. */
export interface TransportHost {
  /** Every transport must ask the gate before it accepts a connection. */
  readonly gate: DeviceGate;
  /**
   * Adds the channel of an admitted device to the open connections. The device's addresses are made from `request`, or
   * from the configured address.
   */
  connect(device: Admitted, channel: TransportChannel, request?: IncomingMessage): ChannelEvents;
  /** Call this for a device's socket, so that the server does not close it to make room for others. */
  keep(socket: Duplex): void;
  /** For transports whose connections begin as HTTP requests. */
  readonly http: Server;
  readonly otherUpgrades?: OtherUpgrades | undefined;
  readonly downlink: DownlinkAudio;
  readonly peers: PeerPolicy;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** A protocol by which devices connect. */
export interface Transport {
  /**
   * The transport's member of the OTA answer. The firmware chooses its transport by the members that are present.
   * `token` is `''` for an unbound device.
   */
  ota(address: AdvertisedAddress, token: string): Readonly<Record<string, unknown>>;
  /** Called when the main port is open. */
  listen?(): Promise<void>;
  /** Called after all connections of the transport are closed. */
  close?(): Promise<void>;
}

/** The transport opens nothing before {@link Transport.listen}. */
export type CreateTransport = (host: TransportHost) => Transport;
