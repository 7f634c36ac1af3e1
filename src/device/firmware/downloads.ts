import { Readable } from 'node:stream';
import type { FileHandle } from 'node:fs/promises';
import { Cancelled, ChorusError, sleep, withTimeout, type Clock, type TimerHandle } from '../../core/index.js';

export interface DownloadLimits {
  readonly downloads: number;
  /** Byte rate of all downloads together. */
  readonly downloadBytesPerSecond: number;
}

/** A device that waits longer is refused. The firmware gives up after 30 s without an answer (docs/protocol.md 1.1). */
const PLACE_WAIT_MS = 20_000;
/** For each download that may run, this many downloads may wait. */
const WAITING_PER_PLACE = 8;
/** At the default rate of 1 MB/s, 16 KB take 16 ms. That is a quarter of one packet of speech. */
const PIECE_BYTES = 16 * 1024;
/** A device that reads nothing for this long is assumed to be gone. The firmware itself waits 30 s. */
const STALL_MS = 40_000;
/** Enough for 4 MB at 3 KB/s, which is slower than any network that devices use. */
const LONGEST_MS = 1_800_000;

/** Sends firmware images to devices without disturbing conversations. */
export class Downloads {
  readonly #bandwidth: Bandwidth;
  /** The key is the device. A newer download ends the older one, because the device has restarted. */
  readonly #running = new Map<string, AbortController>();
  readonly #waiting = new Set<() => void>();
  #places = 0;

  constructor(
    private readonly limits: () => DownloadLimits,
    private readonly clock: Clock,
  ) {
    this.#bandwidth = new Bandwidth(() => limits().downloadBytesPerSecond, clock);
  }

  get running(): number {
    return this.#places;
  }

  /** Closes the file with the stream. Errors: `capacity.queue_full`, `capacity.queue_timeout`, the signal's reason. */
  async start(
    deviceId: string,
    sizeBytes: number,
    open: () => Promise<FileHandle>,
    signal: AbortSignal,
  ): Promise<Readable> {
    this.#running.get(deviceId)?.abort(new Cancelled('the device asks again'));
    const mine = new AbortController();
    this.#running.set(deviceId, mine);
    const end = AbortSignal.any([signal, mine.signal]);
    const gone = (): void => {
      if (this.#running.get(deviceId) === mine) this.#running.delete(deviceId);
    };
    try {
      await this.#place(end);
    } catch (error) {
      gone();
      throw error;
    }
    try {
      const file = await open();
      return this.#stream(file, sizeBytes, mine, end, gone);
    } catch (error) {
      gone();
      this.#release();
      throw error;
    }
  }

  #stream(file: FileHandle, sizeBytes: number, mine: AbortController, end: AbortSignal, gone: () => void): Readable {
    const { clock } = this;
    let stall: TimerHandle | undefined;
    const longest = clock.after(LONGEST_MS, () => mine.abort(new Cancelled('the download takes too long')));
    const alive = (): void => {
      stall?.cancel();
      stall = clock.after(STALL_MS, () => mine.abort(new Cancelled('the device takes nothing any more')));
    };
    alive();
    const stream = Readable.from(this.#pieces(file, sizeBytes, end, alive), {
      objectMode: false,
      highWaterMark: PIECE_BYTES,
    });
    const abort = (): void => void stream.destroy(end.reason instanceof Error ? end.reason : new Cancelled('ended'));
    end.addEventListener('abort', abort, { once: true });
    // The file is closed here, because a generator that never began does not run its `finally`.
    stream.once('close', () => {
      end.removeEventListener('abort', abort);
      stall?.cancel();
      longest.cancel();
      gone();
      this.#release();
      file.close().catch(() => undefined);
    });
    // Without this listener, an error would end the process.
    stream.on('error', () => undefined);
    if (end.aborted) abort();
    return stream;
  }

  async *#pieces(
    file: FileHandle,
    sizeBytes: number,
    signal: AbortSignal,
    alive: () => void,
  ): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < sizeBytes;) {
      const wanted = Math.min(PIECE_BYTES, sizeBytes - at);
      await this.#bandwidth.take(wanted, signal);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (bytesRead === 0) throw new ChorusError('internal', 'a firmware image is shorter than it was');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
      alive();
    }
  }

  async #place(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#places < this.limits().downloads) {
      this.#places++;
      return;
    }
    if (this.#waiting.size >= this.limits().downloads * WAITING_PER_PLACE)
      throw new ChorusError('capacity.queue_full', 'too many devices wait for a firmware download');
    let called: (() => void) | undefined;
    let mine = false;
    try {
      await withTimeout(
        this.clock,
        PLACE_WAIT_MS,
        signal,
        () => new ChorusError('capacity.queue_timeout', 'no firmware download ended in time'),
        () =>
          new Promise<void>((resolve) => {
            called = () => {
              mine = true;
              resolve();
            };
            this.#waiting.add(called);
          }),
      );
    } catch (error) {
      // The download was cancelled when its turn came, so another download gets the turn.
      if (mine) this.#release();
      throw error;
    } finally {
      if (called) this.#waiting.delete(called);
    }
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next && this.#places <= this.limits().downloads) {
      this.#waiting.delete(next);
      next();
    } else {
      this.#places--;
    }
  }
}

/** First come, first served. Several downloads therefore get equal shares. */
class Bandwidth {
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly bytesPerSecond: () => number,
    private readonly clock: Clock,
  ) {}

  /** Resolves when these bytes may be sent. Rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.clock.nowMs();
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes / this.bytesPerSecond()) * 1000;
    if (startMs > nowMs) await sleep(this.clock, startMs - nowMs, signal);
    signal.throwIfAborted();
  }
}
