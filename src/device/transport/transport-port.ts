import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { DownlinkAudio, HelloMessage } from '../protocol/index.js';
import type { Admitted, DeviceGate } from '../access/device-gate.js';
import type { Limits } from '../access/limits.js';
import type { AdvertisedAddress } from '../ota/advertised-address.js';
import type { PeerPolicy } from '../../platform/inbound/peers.js';

/** The reason why the server closes a connection. Each transport signals it in its own way. */
export type CloseCause = 'done' | 'going_away' | 'policy' | 'too_big' | 'internal' | 'replaced';

/** An open connection of a device, as the registry, device control, drain and the sweep know it. */
export interface OpenConnection {
  /** Closes it; a second call does nothing. `reason` is for logs. */
  close(reason: string, cause?: CloseCause): void;
  /** Called every few seconds: closes what is idle before the firmware would give it up, and what is dead. */
  sweep(nowMs: number): void;
}

/**
 * One device's channel, made by a transport. It carries whole messages and Opus packets and knows nothing of sessions.
 */
export interface TransportChannel {
  /** How audio is wrapped, for the log. */
  readonly framing: string | number;
  /** The server's answer to the device's hello; its agreements (framing, keys) hold from here on. */
  hello(message: HelloMessage, sessionId: string): string;
  sendText(text: string): void;
  /** One Opus packet, never empty. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  /** The Opus packet in a binary message, possibly empty (DTX); undefined: it is malformed. */
  unwrapAudio(message: Uint8Array): Uint8Array | undefined;
  /** Asks for {@link ChannelEvents.onPong}. Undefined: the transport knows no such thing. */
  ping?(): void;
  /** Bytes handed over and not sent yet. */
  bufferedBytes(): number;
  /** Begins to close; {@link ChannelEvents.onGone} follows. */
  close(reason: string, cause: CloseCause): void;
  /** Ends it at once; {@link ChannelEvents.onGone} follows. */
  terminate(): void;
}

/** Events of a channel. */
export interface ChannelEvents {
  onText(message: Buffer): void;
  onAudio(message: Buffer): void;
  /** The transport answered something by itself: the device may not be reading. */
  onReplied(): void;
  /** The answer to a {@link TransportChannel.ping}. */
  onPong(): void;
  onError(error: Error): void;
  /** Once, when nothing can be sent or received any more. `fields` are for the log. */
  onGone(fields: Readonly<Record<string, unknown>>): void;
}

/** A part of the server that handles some of the WebSocket upgrades. */
export interface OtherUpgrades {
  takes(request: IncomingMessage): boolean;
  /**
   * Answers the upgrade, or destroys the socket. `keep`: the client is known, so its socket is no longer closed for
   * others.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void): void;
  /** Ends its connections, before the port is closed. */
  close(): void;
}

/** What the server gives a transport. */
export interface TransportHost {
  /** Limits, then the token: nobody becomes a connection without it. */
  readonly gate: DeviceGate;
  /**
   * Takes the channel of an admitted device: from now on it is one of the open connections. `request`: by which it
   * came, for the addresses that it is told; undefined: the configured one.
   */
  connect(device: Admitted, channel: TransportChannel, request?: IncomingMessage): ChannelEvents;
  /** The connection belongs to a device and is no longer closed for others. */
  keep(socket: Duplex): void;
  /** The HTTP server of the main port, for a transport that begins there. */
  readonly http: Server;
  /** Other WebSocket endpoints there. */
  readonly otherUpgrades?: OtherUpgrades | undefined;
  readonly downlink: DownlinkAudio;
  readonly peers: PeerPolicy;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** A way by which devices connect. */
export interface Transport {
  /**
   * Its member of the OTA answer; the firmware chooses by which members are there. `token` is `''` for a device that is
   * not bound.
   */
  ota(address: AdvertisedAddress, token: string): Readonly<Record<string, unknown>>;
  /** Opens ports and brokers of its own, after the main port is open. */
  listen?(): Promise<void>;
  /** Called after all its connections are closed. */
  close?(): Promise<void>;
}

/** Nothing is opened before {@link Transport.listen}. */
export type CreateTransport = (host: TransportHost) => Transport;
