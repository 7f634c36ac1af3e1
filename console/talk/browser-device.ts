import type { BrowserClock } from '../browser-clock.js';
import type { Effect, TalkEvent, Trouble } from './conversation.js';
import { canEncode, DownlinkDecoder, UplinkEncoder } from './opus.js';
import type { PlaybackFigures } from './playback-queue.js';
import { parseServerMessage } from './server-message.js';
import { SoundCard, SoundError } from './sound-card.js';

/** One of the sub-protocols carries the browser's token. */
export interface SocketAddress {
  readonly url: string;
  readonly protocols: readonly string[];
}

export interface BrowserDeviceOptions {
  /** WebSocket address and credentials of this browser. Called for each conversation. */
  readonly address: () => Promise<SocketAddress>;
  readonly clock: BrowserClock;
  readonly dispatch: (event: TalkEvent) => void;
  readonly onFigures: (figures: PlaybackFigures) => void;
  /** Loudness of the microphone, 0 to 1, every 60 ms while listening, and 0 otherwise. */
  readonly onLevel: (level: number) => void;
}

/** Longest wait for the server's hello, as on devices (docs/protocol.md). */
const HELLO_TIMEOUT_MS = 10_000;
/**
 * Sound is sent for this long after the button is released, because the last word may not be over. Simulated devices do
 * the same.
 */
const RELEASE_AFTER_MS = 150;
/**
 * Frames that are kept while the connection is opened, because the person may already be speaking. They are fewer than
 * the 40 that a device may send at once.
 */
const EARLY_FRAMES = 25;
/** After a disconnect, the rest of a reply is played for at most this long. */
const TAIL_MS = 3000;

interface Link {
  readonly card: SoundCard;
  readonly socket: WebSocket;
  readonly encoder: UplinkEncoder;
  decoder: DownlinkDecoder | undefined;
}

/** Carries out what the conversation demands, with microphone, Opus, the devices' WebSocket and loudspeaker. */
export class BrowserDevice {
  #link: Link | undefined;
  /** Counts connections, so that events of an earlier one can be ignored. */
  #opening = 0;
  #early: Float32Array<ArrayBuffer>[] = [];
  #listening = false;
  #utterance = 0;
  #reply = 0;
  #replying = false;

  constructor(private readonly options: BrowserDeviceOptions) {}

  run(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        void this.#open();
        break;
      case 'close':
        this.#close();
        break;
      case 'send':
        this.#send(effect.message);
        break;
      case 'listen':
        this.#listen();
        break;
      case 'finish-utterance': {
        // The button may be pressed again before the timer fires. That begins another utterance.
        const utterance = this.#utterance;
        this.options.clock.after(RELEASE_AFTER_MS, () => void this.#finishUtterance(utterance));
        break;
      }
      case 'reply-begins':
        this.#reply += 1;
        this.#replying = true;
        this.#link?.decoder?.reset();
        this.#link?.card.play({ type: 'begin' });
        break;
      case 'reply-ends':
        void this.#endReply(this.#reply);
        break;
      case 'hush':
        this.#reply += 1;
        this.#replying = false;
        this.#link?.decoder?.reset();
        this.#link?.card.play({ type: 'flush' });
        break;
    }
  }

  async #open(): Promise<void> {
    const opening = ++this.#opening;
    this.#early = [];
    const current = (): boolean => opening === this.#opening;
    const fail = (trouble: Trouble): void => {
      if (current()) this.options.dispatch({ type: 'failed', trouble });
    };
    const asked = this.options.address();
    asked.catch(() => undefined);
    let card: SoundCard | undefined;
    try {
      card = await SoundCard.open({
        // The sound of an ended conversation is closed later, and its microphone gives silence until then.
        onFrame: (frame) => current() && this.#onFrame(frame),
        onOver: () => current() && this.options.dispatch({ type: 'heard' }),
        onFigures: this.options.onFigures,
        onLost: () => fail({ kind: 'no-microphone' }),
      });
      if (!(await canEncode())) throw new SoundError({ kind: 'no-opus' });
      const address = await asked;
      if (current()) this.#connect(card, address, fail);
      else card.close(Promise.resolve());
    } catch (error) {
      card?.close(Promise.resolve());
      fail(await troubleOfOpening(error, asked));
    }
  }

  #connect(card: SoundCard, { url, protocols }: SocketAddress, fail: (trouble: Trouble) => void): void {
    const socket = new WebSocket(url, [...protocols]);
    socket.binaryType = 'arraybuffer';
    const encoder = new UplinkEncoder(
      (packet) => socket.readyState === WebSocket.OPEN && socket.send(packet),
      () => fail({ kind: 'no-opus' }),
    );
    const link: Link = { card, socket, encoder, decoder: undefined };
    this.#link = link;
    const noHello = this.options.clock.after(HELLO_TIMEOUT_MS, () => fail({ kind: 'refused' }));
    socket.addEventListener('open', () =>
      socket.send(
        JSON.stringify({
          type: 'hello',
          version: 1,
          features: { aec: true },
          transport: 'websocket',
          audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: 60 },
        }),
      ),
    );
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (this.#link !== link) return;
      if (typeof data === 'string') this.#onText(link, data, noHello);
      else if (this.#replying) link.decoder?.decode(data);
    });
    socket.addEventListener('close', ({ code }) => {
      noHello();
      if (this.#link !== link) return;
      // The reason stays unknown, because browsers do not tell why a connection was refused.
      if (link.decoder === undefined) fail({ kind: 'refused' });
      else if (code === 1006) fail({ kind: 'lost' });
      else this.options.dispatch({ type: 'closed' });
    });
  }

  #onText(link: Link, json: string, helloCame: () => void): void {
    const message = parseServerMessage(json);
    if (message === undefined) return;
    if (message.type !== 'hello') {
      this.options.dispatch({ type: 'message', message });
      return;
    }
    if (link.decoder !== undefined) return;
    helloCame();
    link.decoder = new DownlinkDecoder({
      rateHz: message.rateHz,
      playedRateHz: link.card.rateHz,
      onSamples: (samples) => link.card.play({ type: 'samples', samples }),
    });
    this.options.dispatch({ type: 'opened' });
  }

  #onFrame(frame: Float32Array<ArrayBuffer>): void {
    if (this.#listening) {
      this.options.onLevel(levelOf(frame));
      this.#link?.encoder.encode(frame);
    } else if (this.#link?.decoder === undefined) {
      this.#early.push(frame);
      if (this.#early.length > EARLY_FRAMES) this.#early.shift();
    }
  }

  #listen(): void {
    this.#utterance += 1;
    this.#listening = true;
    for (const frame of this.#early) this.#link?.encoder.encode(frame);
    this.#early = [];
  }

  async #finishUtterance(utterance: number): Promise<void> {
    const link = this.#link;
    const current = (): boolean => utterance === this.#utterance && this.#link === link;
    if (link === undefined || !current()) return;
    await link.card.flushMicrophone();
    if (!current()) return;
    this.#listening = false;
    this.options.onLevel(0);
    await link.encoder.flush().catch(() => undefined);
    if (current()) this.#send({ type: 'listen', state: 'stop' });
  }

  async #endReply(reply: number): Promise<void> {
    const link = this.#link;
    this.#replying = false;
    await link?.decoder?.flush();
    if (reply === this.#reply) link?.card.play({ type: 'end' });
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    const socket = this.#link?.socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  #close(): void {
    this.#opening += 1;
    this.#utterance += 1;
    this.#listening = false;
    this.options.onLevel(0);
    const link = this.#link;
    this.#link = undefined;
    if (link === undefined) return;
    link.socket.close(1000);
    link.encoder.close();
    link.card.close(
      new Promise<void>((resolve) => void this.options.clock.after(TAIL_MS, resolve)).then(() => link.decoder?.close()),
    );
  }
}

/** Loudness of a frame, 0 to 1. Speech is between -45 and -10 dB of full scale. */
function levelOf(frame: Float32Array): number {
  const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;
  return Math.max(0, Math.min(1, (10 * Math.log10(power + 1e-9) + 45) / 35));
}

/**
 * Finds out why a conversation could not be opened. If the sound fails for no known reason and the server does not
 * answer, the server is the cause, because it delivers parts of the sound code.
 */
export async function troubleOfOpening(error: unknown, asked: Promise<unknown>): Promise<Trouble> {
  if (error instanceof SoundError && error.trouble.kind !== 'failed') return error.trouble;
  try {
    await asked;
  } catch (reason) {
    if ((reason as { readonly code?: unknown }).code === 'unreachable') return { kind: 'lost' };
  }
  if (error instanceof SoundError) return error.trouble;
  return { kind: 'message', text: error instanceof Error ? error.message : String(error) };
}
