import { WebSocket } from 'ws';
import { UPLINK_FRAME_MS, type DeviceIdentityClaim, type Violation } from '../../src/measure/fleet/index.js';
import { Judge } from '../../src/measure/fleet/judge.js';
import { decodeFrame, encodeFrame, type Framing } from '../../src/device/protocol/index.js';

export interface RawDeviceOptions {
  readonly url: string;
  readonly token: string;
  readonly identity: DeviceIdentityClaim;
  readonly framing?: Framing;
  /** The features in the device's hello. By default it names none, like firmware before MCP. */
  readonly features?: Readonly<Record<string, boolean>>;
}

/** A message or packet that came from the server, or the end of the connection. */
export type Came =
  | { readonly type: 'audio'; readonly atMs: number; readonly packet: Uint8Array }
  | { readonly type: 'text'; readonly atMs: number; readonly message: Readonly<Record<string, unknown>> }
  | { readonly type: 'closed'; readonly atMs: number; readonly code: number };

interface Waiting {
  readonly from: number;
  readonly test: (came: Came, log: readonly Came[]) => boolean;
  readonly resolve: (came: Came) => void;
}

const PATIENCE_MS = 15_000;

/**
 * A device without a state machine: it sends whatever the test asks for, records everything that comes, and checks that
 * against the protocol.
 */
export class RawDevice {
  readonly log: Came[] = [];
  readonly judge: Judge;
  #waiting: Waiting[] = [];
  #sessionId = '';

  private constructor(
    readonly socket: WebSocket,
    private readonly options: RawDeviceOptions,
  ) {
    this.judge = new Judge(this.framing);
    socket.on('message', (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    socket.on('close', (code) => this.#add({ type: 'closed', atMs: performance.now(), code }));
    socket.on('error', () => undefined);
  }

  static async connect(options: RawDeviceOptions): Promise<RawDevice> {
    const { identity, framing = 1 } = options;
    const socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      headers: {
        Authorization: `Bearer ${options.token}`,
        'Protocol-Version': String(framing),
        'Device-Id': identity.deviceId,
        'Client-Id': identity.clientId,
      },
    });
    socket.binaryType = 'nodebuffer';
    const device = new RawDevice(socket, options);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return device;
  }

  get framing(): Framing {
    return this.options.framing ?? 1;
  }

  async hello(): Promise<void> {
    this.send({
      type: 'hello',
      version: this.framing,
      ...(this.options.features && { features: this.options.features }),
      transport: 'websocket',
      audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
    });
    const hello = await this.message('hello');
    this.#sessionId = String(hello['session_id']);
  }

  send(message: Readonly<Record<string, unknown>>): void {
    if (message['type'] === 'abort') this.judge.aborted(performance.now());
    this.socket.send(JSON.stringify({ session_id: this.#sessionId, ...message }));
  }

  start(mode: 'auto' | 'manual' | 'realtime' = 'auto'): void {
    this.send({ type: 'listen', state: 'start', mode });
  }

  stop(): void {
    this.send({ type: 'listen', state: 'stop' });
  }

  abort(): void {
    this.send({ type: 'abort' });
  }

  /** Sends all packets at once. */
  burst(packets: readonly Uint8Array[]): void {
    for (const packet of packets) this.socket.send(encodeFrame(this.framing, packet, 0));
  }

  /** Sends one packet every 60 ms, as a microphone does. */
  async stream(packets: readonly Uint8Array[]): Promise<void> {
    const startMs = performance.now();
    for (const [i, packet] of packets.entries()) {
      const waitMs = startMs + i * UPLINK_FRAME_MS - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (this.socket.readyState !== WebSocket.OPEN) return;
      this.burst([packet]);
    }
  }

  /** Disconnects without a Close frame. */
  vanish(): void {
    this.socket.terminate();
  }

  /** The current length of the log. Entries from this index on come later. */
  mark(): number {
    return this.log.length;
  }

  /** Resolves with the first entry, from index `from` on, that passes the check. */
  until(
    what: string,
    test: (came: Came, log: readonly Came[]) => boolean,
    from = 0,
    patienceMs = PATIENCE_MS,
  ): Promise<Came> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${what} within ${patienceMs} ms; since then: ${this.inWords(from).join(' | ')}`)),
        patienceMs,
      );
      this.#waiting.push({
        from,
        test,
        resolve: (came) => {
          clearTimeout(timer);
          resolve(came);
        },
      });
      this.#serve();
    });
  }

  /** Resolves with the first message of that type (and state), from index `from` of the log on. */
  async message(
    type: string,
    options: { readonly state?: string; readonly from?: number; readonly patienceMs?: number } = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const came = await this.until(
      `${type} ${options.state ?? ''}`,
      (one) => isMessage(one, type, options.state),
      options.from,
      options.patienceMs,
    );
    return came.type === 'text' ? came.message : {};
  }

  /** Resolves when `count` packets have come, from index `from` of the log on. */
  async audio(count = 1, from = 0): Promise<void> {
    await this.until(
      `${count} packets`,
      (_one, log) => log.slice(from).filter(({ type }) => type === 'audio').length >= count,
      from,
    );
  }

  /** Resolves when a whole reply has come: a `tts start` and then its `tts stop`. */
  async reply(from = 0, patienceMs = 60_000): Promise<void> {
    const start = await this.until('tts start', (one) => isMessage(one, 'tts', 'start'), from, patienceMs);
    await this.message('tts', { state: 'stop', from: this.log.indexOf(start), patienceMs });
  }

  messages(type: string, state?: string, from = 0): readonly Readonly<Record<string, unknown>>[] {
    return this.log
      .slice(from)
      .flatMap((one) => (one.type === 'text' && isMessage(one, type, state) ? [one.message] : []));
  }

  count(type: string, state?: string, from = 0): number {
    return this.messages(type, state, from).length;
  }

  packets(from = 0): readonly Extract<Came, { readonly type: 'audio' }>[] {
    return this.log.slice(from).filter((one) => one.type === 'audio');
  }

  /** The recognised texts that the server sent. */
  heard(from = 0): readonly string[] {
    return this.messages('stt', undefined, from).map((message) => String(message['text']));
  }

  sentences(from = 0): readonly string[] {
    return this.messages('tts', 'sentence_start', from).map((message) => String(message['text']));
  }

  /**
   * The server's violations of the protocol. The gap after `tts start` is not among them, because {@link DownlinkTimes}
   * checks it where the server sends.
   */
  violations(): readonly Violation[] {
    return this.judge.violations.filter(({ kind }) => kind !== 'audio_too_early');
  }

  /** The log in words, to be shown when a test fails. */
  inWords(from = 0): string[] {
    return this.log
      .slice(from)
      .map((one) => (one.type === 'text' ? JSON.stringify(one.message) : one.type))
      .filter((line, i, lines) => line !== 'audio' || lines[i - 1] !== 'audio');
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    const atMs = performance.now();
    if (isBinary) {
      this.judge.binary(data, atMs);
      this.#add({ type: 'audio', atMs, packet: decodeFrame(this.framing, data)?.packet ?? new Uint8Array(0) });
      return;
    }
    const text = data.toString('utf8');
    this.judge.text(text, atMs);
    this.#add({ type: 'text', atMs, message: JSON.parse(text) as Record<string, unknown> });
  }

  #add(came: Came): void {
    this.log.push(came);
    this.#serve();
  }

  #serve(): void {
    this.#waiting = this.#waiting.filter((waiting) => {
      const found = this.log.slice(waiting.from).find((came) => waiting.test(came, this.log));
      if (found) waiting.resolve(found);
      return !found;
    });
  }
}

export function isMessage(came: Came, type: string, state?: string): boolean {
  return (
    came.type === 'text' && came.message['type'] === type && (state === undefined || came.message['state'] === state)
  );
}
