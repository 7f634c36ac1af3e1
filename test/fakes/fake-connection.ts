import type { Clock } from '../../src/core/index.js';
import type { ServerMessage } from '../../src/device/protocol/index.js';
import type { DeviceConnection, DeviceIdentity } from '../../src/device/device-port.js';

export type Sent =
  | { readonly atMs: number; readonly message: ServerMessage }
  | { readonly atMs: number; readonly packet: Uint8Array };

/** The device's side of a connection. Records everything that was sent, and some violations of docs/protocol.md. */
export class FakeConnection implements DeviceConnection {
  readonly sent: Sent[] = [];
  readonly violations: string[] = [];
  closedFor: string | undefined;
  onClose: (() => void) | undefined;
  /** How the device reacts to each message that is sent to it. */
  onSent: ((message: ServerMessage) => void) | undefined;
  #speakingSinceMs: number | undefined;

  constructor(
    private readonly clock: Clock,
    readonly identity: DeviceIdentity = identityOf(),
  ) {}

  send(message: ServerMessage): void {
    if (this.closedFor !== undefined) return;
    const atMs = this.clock.nowMs();
    this.sent.push({ atMs, message });
    if (message.type === 'tts') this.#onTts(message.state, atMs);
    if (message.type === 'alert' && this.speaking) this.violations.push('alert while speaking');
    this.onSent?.(message);
  }

  sendAudio(packet: Uint8Array): void {
    if (this.closedFor !== undefined) return;
    const atMs = this.clock.nowMs();
    this.sent.push({ atMs, packet });
    if (this.#speakingSinceMs === undefined) this.violations.push('audio outside of speaking');
    else if (atMs - this.#speakingSinceMs < 100) this.violations.push('audio less than 100 ms after tts start');
  }

  bufferedBytes(): number {
    return 0;
  }

  close(reason: string): void {
    if (this.closedFor !== undefined) return;
    this.closedFor = reason;
    this.onClose?.();
  }

  /** Cuts the connection from the device's side. */
  lose(): void {
    if (this.closedFor !== undefined) return;
    this.closedFor = 'lost';
    this.onClose?.();
  }

  get speaking(): boolean {
    return this.#speakingSinceMs !== undefined;
  }

  get packets(): number {
    return this.sent.filter((sent) => 'packet' in sent).length;
  }

  /** The messages in short: `stt:hello`, `tts:start`, `say:Hi.`, `llm:happy`, `alert`. */
  get words(): string[] {
    return this.sent.flatMap((sent) => ('message' in sent ? [wordFor(sent.message)] : []));
  }

  /** When the last message with this short form was sent. */
  timeOf(word: string): number {
    const sent = this.sent.findLast((other) => 'message' in other && wordFor(other.message) === word);
    if (sent === undefined) throw new Error(`${word} was not sent: ${this.words.join(' ')}`);
    return sent.atMs;
  }

  #onTts(state: 'start' | 'stop' | 'sentence_start', atMs: number): void {
    if (state === 'start') {
      if (this.speaking) this.violations.push('tts start while speaking');
      this.#speakingSinceMs = atMs;
    } else if (state === 'stop') {
      if (!this.speaking) this.violations.push('tts stop without a start');
      if (this.#speakingSinceMs === atMs) this.violations.push('tts start and stop in one tick');
      this.#speakingSinceMs = undefined;
    } else if (!this.speaking) this.violations.push('sentence outside of speaking');
  }
}

function wordFor(message: ServerMessage): string {
  switch (message.type) {
    case 'tts':
      return message.state === 'sentence_start' ? `say:${message.text}` : `tts:${message.state}`;
    case 'stt':
      return `stt:${message.text}`;
    case 'llm':
      return `llm:${message.emotion}`;
    default:
      return message.type;
  }
}

export function identityOf(patch: Partial<DeviceIdentity> = {}): DeviceIdentity {
  return {
    deviceId: 'aa:bb:cc:dd:ee:ff',
    clientId: 'client',
    sessionId: 'session-1',
    language: 'en-US',
    timeZone: 'Europe/London',
    firmwareVersion: '2.0.0',
    board: 'fake',
    features: { mcp: false, aec: false },
    ...patch,
  };
}
