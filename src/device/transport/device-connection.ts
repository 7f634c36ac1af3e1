import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Clock, Logger, Metrics, TimerHandle } from '../../core/index.js';
import {
  decodeFrame,
  encodeFrame,
  encodeServerMessage,
  negotiateFraming,
  opusDurationMs,
  parseDeviceMessage,
  serverHello,
  type DownlinkAudio,
  type Framing,
  type HelloMessage,
  type ServerMessage,
} from '../protocol/index.js';
import type { DeviceConnection, DeviceIdentity, SessionHandle, SessionHost } from '../device-port.js';
import type { Limits } from '../access/limits.js';
import { TokenBucket } from '../../platform/inbound/rate-limit.js';

/** What the handshake and the OTA record tell of the device. */
export type HandshakeIdentity = Omit<DeviceIdentity, 'sessionId' | 'features'>;

export interface ConnectionOptions {
  readonly identity: HandshakeIdentity;
  /** The `Protocol-Version` header. */
  readonly headerVersion: string | undefined;
  readonly downlink: DownlinkAudio;
  readonly limits: Limits;
  /** Milliseconds of sound that are still heard of the device, whatever its connections were. */
  readonly audioAllowance: TokenBucket;
  readonly sessions: SessionHost;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Once, when the socket is gone. */
  readonly onGone: () => void;
}

/** Close codes in use: 1000 normal, 1001 server going away, 1002/1008 protocol and policy, 1009 too big, 1011 internal, 4001 replaced. */
export type CloseCode = 1000 | 1001 | 1008 | 1009 | 1011 | 4001;

/**
 * One device's WebSocket: the hello exchange, framing, limits and the end. The session exists from the hello on and is told
 * of its end once, at the latest when the socket is gone; after {@link close} nothing of the device reaches it any more.
 */
export class WebSocketConnection implements DeviceConnection {
  readonly sessionId = randomUUID();
  #identity: DeviceIdentity;
  #state: 'awaiting_hello' | 'open' | 'closing' | 'gone' = 'awaiting_hello';
  #framing: Framing = 1;
  #session: SessionHandle | undefined;
  #deadline: TimerHandle | undefined;
  #oversized = 0;
  #lastSentMs: number;
  readonly #complaints = new Set<string>();
  readonly #allowance: TokenBucket;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ConnectionOptions,
  ) {
    const { clock, limits } = options;
    this.#identity = { ...options.identity, sessionId: this.sessionId, features: { mcp: false, aec: false } };
    this.#allowance = new TokenBucket(limits.messages, clock);
    this.#lastSentMs = clock.nowMs();
    this.#deadline = clock.after(limits.helloDeadlineMs, () => this.close('no hello', 1008));
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('ping', () => this.#endIfNotReading());
    socket.on('close', (code) => this.#onGone(code));
    socket.on('error', (error) => this.#complain('socket_error', { error: error.message }));
  }

  get identity(): DeviceIdentity {
    return this.#identity;
  }

  get open(): boolean {
    return this.#state === 'open' || this.#state === 'awaiting_hello';
  }

  send(message: ServerMessage): void {
    if (this.#state === 'open') this.#transmit(encodeServerMessage(message, this.sessionId), false);
  }

  sendAudio(packet: Uint8Array, timestampMs: number): void {
    if (this.#state === 'open' && packet.length > 0)
      this.#transmit(encodeFrame(this.#framing, packet, timestampMs), true);
  }

  bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  /** The firmware looks at no code (docs/protocol.md 2.1); a browser knows by 1001 that it may come back. */
  close(reason: string, code: CloseCode = reason === 'draining' ? 1001 : 1000): void {
    if (this.#state === 'closing' || this.#state === 'gone') return;
    this.#state = 'closing';
    this.#deadline?.cancel();
    this.options.log.debug('connection closed by the server', { reason, code });
    this.socket.close(code, reason.slice(0, 60));
    // The firmware echoes no Close frame (docs/protocol.md 2.1), and one that is gone cannot.
    this.#deadline = this.options.clock.after(this.options.limits.closeGraceMs, () => this.socket.terminate());
    // In a microtask, because it is mostly the session itself that closes.
    queueMicrotask(() => this.#endSession());
  }

  /** Called now and then: closes before the firmware would give the connection up by itself. */
  closeIfIdle(nowMs: number): void {
    if (this.#state === 'open' && nowMs - this.#lastSentMs >= this.options.limits.idleCloseMs) this.close('idle');
  }

  #transmit(data: string | Uint8Array, binary: boolean): void {
    this.#lastSentMs = this.options.clock.nowMs();
    this.socket.send(data, { binary });
    this.#endIfNotReading();
  }

  #endIfNotReading(): void {
    if (this.socket.bufferedAmount <= this.options.limits.unsentBytes) return;
    this.#complain('not_reading', { bufferedBytes: this.socket.bufferedAmount });
    this.#state = 'closing';
    this.socket.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (!this.open) return;
    const bytes = asBuffer(data);
    if (!this.#allowance.take()) return this.#complain('too_many');
    if (bytes.length > (isBinary ? this.options.limits.binaryBytes : this.options.limits.textBytes))
      return this.#onOversized(bytes.length);
    if (isBinary) this.#onBinary(bytes);
    // Decoded leniently: firmware cuts names in the middle of a character, and that must not end the connection.
    else this.#onText(bytes.toString('utf8'));
  }

  #onOversized(sizeBytes: number): void {
    this.#oversized += 1;
    this.#complain('too_large', { sizeBytes });
    if (this.#oversized > this.options.limits.oversizedMessages) this.close('messages too large', 1009);
  }

  #onBinary(message: Uint8Array): void {
    if (!this.#session) return this.#complain('audio_before_hello');
    const frame = decodeFrame(this.#framing, message);
    if (!frame) return this.#complain('bad_frame', { sizeBytes: message.length, framing: this.#framing });
    // What is empty or no Opus is heard as silence, which is not recognised.
    if (!this.options.audioAllowance.take(opusDurationMs(frame.packet) ?? 0))
      return this.#complain('faster_than_real_time');
    const session = this.#session;
    this.#guard(() => session.onAudio(frame.packet));
  }

  #onText(text: string): void {
    const parsed = parseDeviceMessage(text);
    if (!parsed.ok) return this.#complain(parsed.kind, { piiMessage: text.slice(0, 200) });
    const { message } = parsed;
    if (message.type === 'hello') return this.#session ? this.#complain('second_hello') : this.#onHello(message);
    if (!this.#session) return this.#complain('before_hello');
    if (
      'session_id' in message &&
      message.session_id !== undefined &&
      message.session_id !== '' &&
      message.session_id !== this.sessionId
    ) {
      // Stale ids happen (docs/protocol.md 2.2): noted, not refused.
      this.#note('stale_session_id');
    }
    const session = this.#session;
    this.#guard(() => session.onMessage(message));
  }

  #onHello(message: HelloMessage): void {
    const { downlink, headerVersion, sessions } = this.options;
    this.#deadline?.cancel();
    this.#framing = negotiateFraming(message, headerVersion);
    this.#identity = {
      ...this.#identity,
      features: { mcp: message.features?.mcp ?? false, aec: message.features?.aec ?? false },
    };
    this.#state = 'open';
    // Before anything that the session may send (docs/protocol.md, checklist 24).
    this.#transmit(serverHello(this.sessionId, downlink), false);
    this.#guard(() => {
      this.#session = sessions.accept(this);
    });
  }

  /** A defect in a session ends that session, not the server. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.log.error('session failed', { error });
      this.close('internal error', 1011);
    }
  }

  /** Logs each kind once per connection and counts all of them: a broken device must not fill the disk. */
  #complain(reason: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.options.metrics.count('chorus_messages_ignored_total', { reason });
    this.#note(reason, fields);
  }

  #note(reason: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.#complaints.has(reason)) return;
    this.#complaints.add(reason);
    this.options.log.warn('device message is not as expected', { reason, ...fields });
  }

  #onGone(code: number): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#deadline?.cancel();
    this.options.log.debug('connection ended', { code });
    this.#endSession();
    this.options.onGone();
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session) this.#guard(() => session.onClosed());
  }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
