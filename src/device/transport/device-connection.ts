import { randomUUID } from 'node:crypto';
import type { Clock, Logger, Metrics, TimerHandle } from '../../core/index.js';
import {
  encodeServerMessage,
  opusDurationMs,
  parseDeviceMessage,
  type HelloMessage,
  type ServerMessage,
} from '../protocol/index.js';
import type { DeviceConnection, DeviceIdentity, DeviceLink, SessionHandle, SessionHost } from '../device-port.js';
import type { Limits } from '../access/limits.js';
import { TokenBucket } from '../../platform/inbound/index.js';
import { answersPings, LinkProbe } from './link-probe.js';
import type { ChannelEvents, CloseCause, OpenConnection, TransportChannel } from './transport-port.js';

export interface DeviceConnectionOptions {
  readonly identity: Omit<DeviceIdentity, 'sessionId' | 'features'>;
  readonly vision?: DeviceConnection['vision'];
  readonly limits: Limits;
  /** Sound that the device may still send, in ms, over all its connections. */
  readonly audioAllowance: TokenBucket;
  /** Text that the device may still send, in bytes, over all its connections. */
  readonly textAllowance: TokenBucket;
  readonly sessions: SessionHost;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called once, when the channel is gone. */
  readonly onGone: () => void;
}

/**
 * A device's connection over any transport. The session begins with the hello. After {@link close}, the session gets
 * nothing more from the device.
 */
export class ProtocolConnection implements DeviceConnection, OpenConnection, ChannelEvents {
  readonly sessionId = randomUUID();
  #identity: DeviceIdentity;
  #state: 'awaiting_hello' | 'open' | 'closing' | 'gone' = 'awaiting_hello';
  #session: SessionHandle | undefined;
  #deadline: TimerHandle | undefined;
  #oversized = 0;
  #lastSentMs: number;
  readonly #complaints = new Set<string>();
  readonly #allowance: TokenBucket;
  readonly #probe: LinkProbe | undefined;

  constructor(
    private readonly channel: TransportChannel,
    private readonly options: DeviceConnectionOptions,
  ) {
    const { clock, limits, identity } = options;
    if (channel.ping !== undefined && answersPings(identity.firmwareVersion))
      this.#probe = new LinkProbe(clock, () => {
        if (this.#state === 'open') channel.ping?.();
      });
    this.#identity = { ...options.identity, sessionId: this.sessionId, features: { mcp: false, aec: false } };
    this.#allowance = new TokenBucket(limits.messages, clock);
    this.#lastSentMs = clock.nowMs();
    this.#deadline = clock.after(limits.helloDeadlineMs, () => this.close('no hello', 'policy'));
  }

  get identity(): DeviceIdentity {
    return this.#identity;
  }

  send(message: ServerMessage): void {
    if (this.#state === 'open') this.#sendText(encodeServerMessage(message, this.sessionId));
  }

  sendAudio(packet: Uint8Array, timestampMs: number): void {
    if (this.#state !== 'open' || packet.length === 0) return;
    this.#lastSentMs = this.options.clock.nowMs();
    this.channel.sendAudio(packet, timestampMs);
    this.onReplied();
  }

  bufferedBytes(): number {
    return this.channel.bufferedBytes();
  }

  get link(): DeviceLink | undefined {
    return this.#probe;
  }

  get vision(): DeviceConnection['vision'] {
    return this.options.vision;
  }

  close(reason: string, cause: CloseCause = reason === 'draining' ? 'going_away' : 'done'): void {
    if (this.#state === 'closing' || this.#state === 'gone') return;
    this.#state = 'closing';
    this.#deadline?.cancel();
    this.options.log.debug('connection closed by the server', { reason, cause });
    this.channel.close(reason, cause);
    // Ends the connection a little later, because the firmware sends no Close frame back (docs/protocol.md 2.1), nor
    // can a device that is gone.
    this.#deadline = this.options.clock.after(this.options.limits.closeGraceMs, () => this.channel.terminate());
    // In a microtask, because the session itself usually calls `close`.
    queueMicrotask(() => this.#endSession());
  }

  sweep(nowMs: number): void {
    if (this.#state === 'open' && this.#probe?.gone) this.#giveUp('silent');
    if (this.#state === 'open' && nowMs - this.#lastSentMs >= this.options.limits.idleCloseMs) this.close('idle');
  }

  onText(message: Buffer): void {
    if (!this.#mayRead(message, this.options.limits.textBytes)) return;
    if (!this.options.textAllowance.take(message.length)) return this.#complain('too_much_text');
    // Text is decoded leniently, because the firmware may cut a name in the middle of a character.
    this.#onText(message.toString('utf8'));
  }

  onAudio(message: Buffer): void {
    if (this.#mayRead(message, this.options.limits.binaryBytes)) this.#onAudio(message);
  }

  /** Closes the connection if the device does not read. */
  onReplied(): void {
    const bufferedBytes = this.channel.bufferedBytes();
    if (bufferedBytes <= this.options.limits.unsentBytes) return;
    this.#giveUp('not_reading', { bufferedBytes });
  }

  onPong(): void {
    this.#probe?.answered();
  }

  onError(error: Error): void {
    this.#complain('socket_error', { error: error.message });
  }

  onGone(fields: Readonly<Record<string, unknown>>): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#deadline?.cancel();
    this.options.log.debug('connection ended', fields);
    this.#endSession();
    this.options.onGone();
  }

  #sendText(text: string): void {
    this.#lastSentMs = this.options.clock.nowMs();
    this.channel.sendText(text);
    this.onReplied();
  }

  #mayRead(message: Uint8Array, maxBytes: number): boolean {
    if (this.#state !== 'open' && this.#state !== 'awaiting_hello') return false;
    if (!this.#allowance.take()) {
      this.#complain('too_many');
      return false;
    }
    if (message.length <= maxBytes) return true;
    this.#oversized += 1;
    this.#complain('too_large', { sizeBytes: message.length });
    if (this.#oversized > this.options.limits.oversizedMessages) this.close('messages too large', 'too_big');
    return false;
  }

  #onAudio(message: Uint8Array): void {
    const session = this.#session;
    if (!session) return this.#complain('audio_before_hello');
    const packet = this.channel.unwrapAudio(message);
    if (!packet) return this.#complain('bad_frame', { sizeBytes: message.length, framing: this.channel.framing });
    // A packet that is empty or not Opus contains no sound, and uses up none of the allowance.
    if (!this.options.audioAllowance.take(opusDurationMs(packet) ?? 0)) return this.#complain('faster_than_real_time');
    this.#guard(() => session.onAudio(packet));
  }

  #onText(text: string): void {
    const parsed = parseDeviceMessage(text);
    if (!parsed.ok) return this.#complain(parsed.kind, { piiMessage: text.slice(0, 200) });
    const { message } = parsed;
    if (message.type === 'hello') return this.#session ? this.#complain('second_hello') : this.#onHello(message);
    if (!this.#session) return this.#complain('before_hello');
    const shown = 'session_id' in message ? message.session_id : undefined;
    // Old session ids are normal (docs/protocol.md 2.2), so the message is not refused.
    if (shown !== undefined && shown !== '' && shown !== this.sessionId) this.#note('stale_session_id');
    const session = this.#session;
    this.#guard(() => session.onMessage(message));
  }

  #onHello(message: HelloMessage): void {
    this.#deadline?.cancel();
    this.#identity = {
      ...this.#identity,
      features: { mcp: message.features?.mcp ?? false, aec: message.features?.aec ?? false },
    };
    this.#state = 'open';
    // The hello must precede any message of the session (docs/protocol.md, checklist 24).
    this.#sendText(this.channel.hello(message, this.sessionId));
    this.#guard(() => {
      this.#session = this.options.sessions.accept(this);
    });
  }

  #giveUp(reason: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#complain(reason, fields);
    this.#state = 'closing';
    this.channel.terminate();
  }

  /** A defect in the session must end this session, not the server. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.log.error('session failed', { problem: 'session.failed', error });
      this.close('internal error', 'internal');
    }
  }

  /** Each kind of fault is logged once per connection, so that a broken device does not fill the disk. */
  #complain(reason: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.options.metrics.count('chorus_messages_ignored_total', { reason });
    this.#note(reason, fields);
  }

  #note(reason: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.#complaints.has(reason)) return;
    this.#complaints.add(reason);
    this.options.log.warn('device message is not as expected', { problem: 'device.bad_message', reason, ...fields });
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session) this.#guard(() => session.onClosed());
  }
}
