import type { Credentials, Refusal } from '../../src/device/access/device-gate.js';
import { serverHello, type HelloMessage } from '../../src/device/protocol/index.js';
import type {
  ChannelEvents,
  CloseCause,
  Transport,
  TransportChannel,
  TransportHost,
} from '../../src/device/transport/transport-port.js';

/**
 * A transport within this process. It has only what every transport besides WebSocket needs, for example MQTT with UDP.
 */
export class MemoryTransport {
  #host: TransportHost | undefined;
  /** What the server has called, in order. */
  readonly calls: ('listen' | 'close')[] = [];

  readonly create = (host: TransportHost): Transport => {
    this.#host = host;
    return {
      ota: (_address, token) => ({ memory: { token } }),
      listen: () => Promise.resolve(void this.calls.push('listen')),
      close: () => Promise.resolve(void this.calls.push('close')),
    };
  };

  /** Lets a device at `address` ask to be connected. */
  connect(credentials: Credentials | undefined, address: string): MemoryDevice {
    const host = this.#host;
    if (!host) throw new Error('the transport is not mounted');
    const device = new MemoryDevice(host);
    host.scope.fork('memory handshake', () => device.begin(credentials, address));
    return device;
  }
}

/** A device and its channel. Messages arrive at once in both directions, unless {@link unreadBytes} is set. */
export class MemoryDevice implements TransportChannel {
  readonly framing = 'memory';
  readonly texts: Record<string, unknown>[] = [];
  readonly packets: Uint8Array[] = [];
  state: 'waiting' | 'open' | 'refused' | 'closed' = 'waiting';
  refusal: Refusal | undefined;
  cause: CloseCause | 'terminated' | undefined;
  /** How many bytes the device reports as not yet read. */
  unreadBytes = 0;
  /** Whether the device leaves a close unanswered, as firmware does. */
  ignoresClose = false;
  #events: ChannelEvents | undefined;
  #changed: (() => void)[] = [];

  constructor(private readonly host: TransportHost) {}

  async begin(credentials: Credentials | undefined, address: string): Promise<void> {
    const { gate, peers } = this.host;
    const peer = peers.identify(address, {});
    const place = gate.reserve(peer);
    if ('refused' in place) return this.#refuse(place.refused);
    const admitted = await gate.admit(credentials, { peer, browser: false }, () => this.state !== 'waiting');
    if (!admitted || 'refused' in admitted) {
      place.release();
      if (admitted) this.#refuse(admitted.refused);
      return;
    }
    this.#events = this.host.connect(admitted, this);
    this.#release = () => place.release();
    this.#become('open');
  }

  async until(condition: (device: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.push(resolve));
    return this;
  }

  say(message: unknown): void {
    this.#events?.onText(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
  }

  saySound(packet: Uint8Array): void {
    this.#events?.onAudio(Buffer.from(packet));
  }

  hangUp(): void {
    this.#gone();
  }

  hello(_message: HelloMessage, sessionId: string): string {
    return serverHello(sessionId, this.host.downlink, { transport: 'memory' });
  }

  sendText(text: string): void {
    this.texts.push(JSON.parse(text) as Record<string, unknown>);
    this.#tell();
  }

  sendAudio(packet: Uint8Array): void {
    this.packets.push(Uint8Array.from(packet));
    this.#tell();
  }

  unwrapAudio(message: Uint8Array): Uint8Array {
    return message;
  }

  /** How the device reacts to a ping. If it is undefined, the device does not answer. */
  onPing: ((events: ChannelEvents) => void) | undefined = (events) => events.onPong();

  ping(): void {
    if (this.#events) this.onPing?.(this.#events);
  }

  bufferedBytes(): number {
    return this.unreadBytes;
  }

  close(_reason: string, cause: CloseCause): void {
    this.cause ??= cause;
    if (!this.ignoresClose) queueMicrotask(() => this.#gone());
  }

  terminate(): void {
    this.cause ??= 'terminated';
    queueMicrotask(() => this.#gone());
  }

  #release: () => void = () => undefined;

  #refuse(refusal: Refusal): void {
    this.refusal = refusal;
    this.#become('refused');
  }

  #gone(): void {
    if (this.state === 'closed') return;
    this.#become('closed');
    this.#release();
    this.#events?.onGone({});
  }

  #become(state: MemoryDevice['state']): void {
    this.state = state;
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
