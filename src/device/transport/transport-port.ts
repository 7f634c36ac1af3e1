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
  /** Closes the connection; a second call does nothing. `reason` is for logs. */
  close(reason: string, cause?: CloseCause): void;
  /**
   * Called every few seconds. Closes the connection if it is dead, or if it is idle for so long that the firmware would
   * soon give it up.
   */
  sweep(nowMs: number): void;
}

/**
 * The channel to one device, made by a transport. It carries whole messages and Opus packets, and knows nothing about
 * sessions.
 */
export interface TransportChannel {
  /** Framing of the audio, for the log. */
  readonly framing: string | number;
  /**
   * Returns the server's answer to the device's hello. From now on, the channel uses the framing and keys agreed in
   * these two messages.
   */
  hello(message: HelloMessage, sessionId: string): string;
  sendText(text: string): void;
  /** Sends one Opus packet, which must not be empty. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  /** Returns the Opus packet in a binary message; it may be empty (DTX). Undefined: the message is malformed. */
  unwrapAudio(message: Uint8Array): Uint8Array | undefined;
  /** Sends a ping; {@link ChannelEvents.onPong} follows. Undefined: the transport has no pings. */
  ping?(): void;
  /** Number of bytes that were handed to the channel and are not sent yet. */
  bufferedBytes(): number;
  /** Begins to close; {@link ChannelEvents.onGone} follows. */
  close(reason: string, cause: CloseCause): void;
  /** Ends the channel at once; {@link ChannelEvents.onGone} follows. */
  terminate(): void;
}

export interface ChannelEvents {
  onText(message: Buffer): void;
  onAudio(message: Buffer): void;
  /**
   * Called when the transport answered the device by itself, for example to a ping. The device may not be reading its
   * answers.
   */
  onReplied(): void;
  /** Called when the answer to a {@link TransportChannel.ping} has arrived. */
  onPong(): void;
  onError(error: Error): void;
  /** Called once, when nothing can be sent or received any more. `fields` are for the log. */
  onGone(fields: Readonly<Record<string, unknown>>): void;
}

/** A part of the server that handles some of the WebSocket upgrades on the main port. */
export interface OtherUpgrades {
  takes(request: IncomingMessage): boolean;
  /**
   * Answers the upgrade, or destroys the socket. Call `keep` for a known client, so that its socket is no longer closed
   * to make room for others.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void): void;
  /** Ends the connections of this part, before the port is closed. */
  close(): void;
}

/** Services of the server for a transport. */
export interface TransportHost {
  /** Checks the limits, then the token. Every transport must ask it before it accepts a connection. */
  readonly gate: DeviceGate;
  /**
   * Adds the channel of an admitted device to the open connections. `request`: the device's request, from which the
   * addresses for this device are made. Undefined: the configured address is used.
   */
  connect(device: Admitted, channel: TransportChannel, request?: IncomingMessage): ChannelEvents;
  /** Call this when the connection belongs to a device. The server then no longer closes it to make room for others. */
  keep(socket: Duplex): void;
  /** The HTTP server of the main port, for a transport whose connections begin as HTTP requests. */
  readonly http: Server;
  /** Other WebSocket endpoints on the main port. */
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
   * `token` is `''` if the device is not bound.
   */
  ota(address: AdvertisedAddress, token: string): Readonly<Record<string, unknown>>;
  /** Opens the transport's own ports and brokers, if it has any, once the main port is open. */
  listen?(): Promise<void>;
  /** Called after all connections of the transport are closed. */
  close?(): Promise<void>;
}

/** Creates a transport, which opens nothing before {@link Transport.listen}. */
export type CreateTransport = (host: TransportHost) => Transport;
