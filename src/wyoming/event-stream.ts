import type { Socket } from 'node:net';
import { Change, ChorusError, type Clock, waitAtMost } from '../core/index.js';
import { encodeEvent, type EventLimits, EventReader, type WyomingEvent } from '../platform/wyoming/index.js';
import { wyomingWords } from './words.js';

/** Far above the events of clients, which contain a quarter of a second of audio. */
const LIMITS: EventLimits = { headerBytes: 64 * 1024, dataBytes: 64 * 1024, payloadBytes: 256 * 1024 };
/** Maximum number of waiting events. At the maximum, nothing is read from the client. */
const MAX_WAITING = 32;
/** A client that reads nothing for this long is disconnected. */
const WRITE_MS = 20_000;
/** Time limit for sending the last bytes before the connection closes. */
const LINGER_MS = 3_000;

/** The client has disconnected, or reads nothing. */
export class ClientGone extends Error {}

export const unreadable = (cause: unknown): ChorusError =>
  new ChorusError('wyoming.unreadable', wyomingWords.noEvent, {
    cause,
  });

export class EventStream {
  readonly #reader = new EventReader(LIMITS);
  readonly #waiting: WyomingEvent[] = [];
  readonly #change = new Change();
  readonly #gone = new AbortController();
  #unreadable: ChorusError | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('drain', () => this.#change.tell());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#gone.abort(new ClientGone('the client has gone'));
      this.#change.tell();
    });
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Returns undefined if no event arrives in time, or if the client disconnects. Throws for an invalid event. */
  async next(withinMs: number, signal: AbortSignal): Promise<WyomingEvent | undefined> {
    const over = new Error('nothing came');
    try {
      return await waitAtMost(
        this.clock,
        withinMs,
        signal,
        () => over,
        () => this.#next(),
      );
    } catch (error) {
      if (error === over) return undefined;
      throw error;
    }
  }

  async #next(): Promise<WyomingEvent | undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event) {
        if (this.#waiting.length < MAX_WAITING / 2) this.socket.resume();
        return event;
      }
      if (this.#unreadable) throw this.#unreadable;
      if (this.gone.aborted) return undefined;
      await this.#change.next();
    }
  }

  #read(bytes: Uint8Array): void {
    try {
      for (const event of this.#reader.push(bytes)) this.#waiting.push(event);
    } catch (error) {
      this.#unreadable = unreadable(error);
      this.socket.pause();
    }
    if (this.#waiting.length >= MAX_WAITING) this.socket.pause();
    this.#change.tell();
  }

  /** Resolves when there is room for another event. Throws {@link ClientGone}. */
  async write(event: WyomingEvent, signal: AbortSignal): Promise<void> {
    this.gone.throwIfAborted();
    if (this.socket.write(encodeEvent(event))) return;
    await waitAtMost(
      this.clock,
      WRITE_MS,
      signal,
      () => {
        const error = new ClientGone('the client takes nothing');
        // Else the voice that speaks to this client would seem to have failed.
        this.#gone.abort(error);
        return error;
      },
      async () => {
        while (this.socket.writableNeedDrain && !this.gone.aborted) await this.#change.next();
      },
    );
    this.gone.throwIfAborted();
  }

  /** Closes the connection after the written bytes, or after a time limit if the client does not read them. */
  close(last?: WyomingEvent): void {
    if (this.socket.destroyed) return;
    const timer = this.clock.after(LINGER_MS, () => this.socket.destroy());
    this.socket.once('close', () => timer.cancel());
    this.socket.removeAllListeners('data').resume();
    if (last) this.socket.write(encodeEvent(last));
    this.socket.destroySoon();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
