import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { DownlinkAudio, HelloMessage } from '../protocol/index.js';
import type { Admitted, DeviceGate } from '../access/device-gate.js';
import type { Limits } from '../access/limits.js';
import type { AdvertisedAddress } from '../ota/advertised-address.js';
import type { PeerPolicy } from '../../platform/inbound/index.js';

/** The reason why the server closes a connection. Each transport signals it in its own way. */
export type CloseCause = 'done' | 'going_away' | 'policy' | 'too_big' | 'internal' | 'replaced';

/** An open connection of a device, for the registry, device control, drain and the sweep. */
export interface OpenConnection {
  /** Closes the connection; a second call does nothing. `reason` is for logs. */
  close(reason: string, cause?: CloseCause): void;
  /**
   * Called every few seconds. Closes a dead connection. Closes an idle connection before the firmware would give it up.
   */
  sweep(nowMs: number): void;
}

/**
 * One device's channel, made by a transport. The channel carries whole messages and Opus packets. It does not know
 * sessions.
 */
export interface TransportChannel {
  /** Framing of the audio, for the log. */
  readonly framing: string | number;
  /** The server's answer to the device's hello. The agreed framing and keys are valid from now on. */
  hello(message: HelloMessage, sessionId: string): string;
  sendText(text: string): void;
  /** One Opus packet, never empty. */
  sendAudio(packet: Uint8Array, timestampMs: number): void;
  /** The Opus packet in a binary message, possibly empty (DTX); undefined: it is malformed. */
  unwrapAudio(message: Uint8Array): Uint8Array | undefined;
  /** Asks for {@link ChannelEvents.onPong}. Undefined: the transport has no pings. */
  ping?(): void;
  /** Bytes that were handed over and are not sent yet. */
  bufferedBytes(): number;
  /** Begins to close; {@link ChannelEvents.onGone} follows. */
  close(reason: string, cause: CloseCause): void;
  /** Ends the channel at once; {@link ChannelEvents.onGone} follows. */
  terminate(): void;
}

export interface ChannelEvents {
  onText(message: Buffer): void;
  onAudio(message: Buffer): void;
  /** Called when the transport sent an answer by itself; the device may not be reading. */
  onReplied(): void;
  /** Called when the answer to a {@link TransportChannel.ping} has come. */
  onPong(): void;
  onError(error: Error): void;
  /** Called once, when nothing can be sent or received any more. `fields` are for the log. */
  onGone(fields: Readonly<Record<string, unknown>>): void;
}

/** A part of the server that handles some of the WebSocket upgrades. */
export interface OtherUpgrades {
  takes(request: IncomingMessage): boolean;
  /**
   * Answers the upgrade, or destroys the socket. Call `keep` for a known client: its socket is then no longer closed to
   * make room for others.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void): void;
  /** Ends its connections, before the port is closed. */
  close(): void;
}

/** Services of the server for a transport. */
export interface TransportHost {
  /** Checks the limits, then the token. Every connection must pass it. */
  readonly gate: DeviceGate;
  /**
   * Adds the channel of an admitted device to the open connections. `request`: the device's request, from which its
   * addresses are made; undefined: the configured address is used.
   */
  connect(device: Admitted, channel: TransportChannel, request?: IncomingMessage): ChannelEvents;
  /** Call this when the connection belongs to a device. The server then no longer closes it to make room for others. */
  keep(socket: Duplex): void;
  /** The HTTP server of the main port, for a transport that begins there. */
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
   * `token` is `''` for a device that is not bound.
   */
  ota(address: AdvertisedAddress, token: string): Readonly<Record<string, unknown>>;
  /** Opens its own ports and brokers, after the main port is open. */
  listen?(): Promise<void>;
  /** Called after all its connections are closed. */
  close?(): Promise<void>;
}

/** Makes a transport, which opens nothing before {@link Transport.listen}. */
export type CreateTransport = (host: TransportHost) => Transport;
