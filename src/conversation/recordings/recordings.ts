import { randomBytes } from 'node:crypto';
import { LISTEN_RATE_HZ, SPEAK_RATE_HZ, writeOggOpus } from '../../audio/index.js';
import {
  asChorusError,
  Change,
  ChorusError,
  sparing,
  withTimeout,
  type Clock,
  type Logger,
  type Metrics,
} from '../../core/index.js';
import {
  AUDIO_SIDES,
  openAudio,
  sealAudio,
  type AudioLimits,
  type AudioSide,
  type AudioStore,
  type AudioTurn,
} from '../../platform/store/index.js';
import type { TurnAudio } from './turn-recorder.js';

export interface RecordedTurn extends AudioTurn {
  readonly agentId?: string | undefined;
  readonly person?: string | undefined;
}

export interface RecordingsOptions {
  readonly store: AudioStore;
  readonly key: Buffer;
  readonly limits: () => AudioLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Waiting {
  readonly turn: RecordedTurn;
  readonly audio: TurnAudio;
  readonly bytes: number;
}

/** Maximum size of the audio that waits for the database or the disk. Beyond it, the oldest audio is dropped. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
const PRUNE_EVERY_MS = 60_000;
/** Longest time for which a stopping server waits for the disk. */
const FLUSH_MS = 5000;
const RATE_HZ: Readonly<Record<AudioSide, number>> = { heard: LISTEN_RATE_HZ, said: SPEAK_RATE_HZ };

/**
 * Encrypted audio of turns, written in the background once the turn is in the history. Audio that cannot be written is
 * dropped and counted.
 */
export class Recordings {
  /** Audio whose turn is not in the history yet, by the turn's id. */
  readonly #waiting = new Map<string, Waiting>();
  /** Audio that can be written, because its turn is in the history. The oldest is first. */
  readonly #ready = new Map<string, Waiting>();
  #bytes = 0;
  /** The audio that is being written. Undefined if none is being written, or if it was forgotten meanwhile. */
  #current: Waiting | undefined;
  #writing: Promise<void> = Promise.resolve();
  #prunedMs = -Infinity;
  readonly #change = new Change();
  readonly #log: Logger;

  constructor(private readonly options: RecordingsOptions) {
    this.#log = sparing(options.log, options.clock);
  }

  /** Keeps the audio in memory until {@link written} is called for its turn. */
  add(turn: RecordedTurn, audio: TurnAudio): void {
    const bytes = bytesOf(audio);
    if (bytes === 0) return;
    this.#waiting.set(turn.id, { turn, audio, bytes });
    this.#bytes += bytes;
    for (const queue of [this.#ready, this.#waiting])
      for (const [id, { audio: old }] of queue) {
        if (this.#bytes <= MAX_WAITING_BYTES) return;
        this.#release(queue, id);
        this.#drop(old, 'the disk or the database is too slow');
      }
  }

  /** Call this when the turns are in the history, or with `kept` false if they never will be. */
  written(turns: readonly AudioTurn[], kept: boolean): void {
    for (const { id } of turns) {
      const one = this.#waiting.get(id);
      if (!one) continue;
      if (kept) {
        this.#waiting.delete(id);
        this.#ready.set(id, one);
      } else {
        this.#release(this.#waiting, id);
        this.#drop(one.audio, 'the turn was not kept');
      }
    }
    this.#change.tell();
  }

  forget(fits: (turn: RecordedTurn) => boolean): void {
    for (const queue of [this.#waiting, this.#ready])
      for (const [id, { turn }] of queue) if (fits(turn)) this.#release(queue, id);
    if (this.#current && fits(this.#current.turn)) this.#current = undefined;
  }

  /** Removes the audio of deleted turns. Rejects like `AudioStore`. */
  async forgotten(deviceId?: string): Promise<void> {
    // The audio that is being written may belong to a deleted turn.
    await this.#writing;
    await this.options.store.sweep({ deviceId });
  }

  /** For each turn, the sides whose audio can be played, even if the audio is not written yet. */
  async sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>> {
    const found = new Map(await this.options.store.sidesOf(turns));
    for (const { id } of turns) {
      const waiting = this.#inMemory(id);
      if (waiting)
        found.set(
          id,
          AUDIO_SIDES.filter((side) => waiting.audio[side].length > 0),
        );
    }
    return found;
  }

  /** Undefined if the audio of the turn is already written, or if there is none. */
  turnInMemory(id: string): RecordedTurn | undefined {
    return this.#inMemory(id)?.turn;
  }

  /** Returns Ogg Opus, or undefined without audio. Rejects with `history.audio_damaged`, `data.*` or `store.*`. */
  async read(turn: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined> {
    const waiting = this.#inMemory(turn.id);
    if (waiting) return waiting.audio[side].length === 0 ? undefined : oggOf(waiting.audio, side);
    const sealed = await this.options.store.read(turn, side);
    return sealed && openAudio(this.options.key, turn.id, side, sealed);
  }

  /** Removes the audio that deleted turns have left behind, and then writes new audio and removes old audio. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#change.tell(), { once: true });
    await this.#tidy(signal, () => this.options.store.sweep({}, signal));
    for (;;) {
      await this.#tidy(signal, () => this.#prune(signal));
      while (this.#ready.size === 0 && !signal.aborted) await this.#change.next();
      signal.throwIfAborted();
      await this.#writeNext();
    }
  }

  /** Tries to write all audio whose turn is in the history. Call this at shutdown. */
  async flush(): Promise<void> {
    const { clock } = this.options;
    try {
      await withTimeout(clock, FLUSH_MS, new AbortController().signal, late, async () => {
        while (this.#ready.size > 0) await this.#writeNext();
      });
    } catch (error) {
      this.#log.warn('audio was not written', {
        problem: 'recording.not_written',
        reason: asChorusError(error).message,
      });
    }
    if (this.#current) this.#drop(this.#current.audio, 'the server stops');
    for (const queue of [this.#waiting, this.#ready])
      for (const [id, { audio }] of queue) {
        this.#release(queue, id);
        this.#drop(audio, 'the server stops');
      }
  }

  #inMemory(id: string): Waiting | undefined {
    const current = this.#current?.turn.id === id ? this.#current : undefined;
    return this.#waiting.get(id) ?? this.#ready.get(id) ?? current;
  }

  #writeNext(): Promise<void> {
    const [next] = this.#ready.values();
    if (next) {
      this.#ready.delete(next.turn.id);
      this.#writing = this.#write(next);
    }
    return this.#writing;
  }

  /** Never rejects. */
  async #write(one: Waiting): Promise<void> {
    const { store, key, metrics } = this.options;
    const { turn, audio, bytes } = one;
    this.#current = one;
    for (const side of AUDIO_SIDES) {
      if (audio[side].length === 0 || this.#current !== one) continue;
      try {
        const kept = await store.keep(turn, side, sealAudio(key, turn.id, side, oggOf(audio, side)));
        if (kept) metrics.count('chorus_history_audio_total', { result: 'kept' });
      } catch (error) {
        const { code, message } = asChorusError(error, 'store.failed');
        metrics.count('chorus_history_audio_total', { result: 'dropped' });
        this.#log.warn('the audio of a turn was not kept', { problem: 'recording.not_kept', code, reason: message });
      }
    }
    this.#current = undefined;
    this.#bytes -= bytes;
  }

  async #prune(signal: AbortSignal): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    if (nowMs - this.#prunedMs < PRUNE_EVERY_MS) return;
    this.#prunedMs = nowMs;
    await this.options.store.prune(this.options.limits(), signal);
  }

  async #tidy(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = asChorusError(error, 'store.failed');
      this.#log.warn('old audio could not be removed', { code, reason: message });
    }
  }

  #release(queue: Map<string, Waiting>, id: string): void {
    this.#bytes -= queue.get(id)?.bytes ?? 0;
    queue.delete(id);
  }

  #drop(audio: TurnAudio, reason: string): void {
    const sides = AUDIO_SIDES.filter((side) => audio[side].length > 0).length;
    this.options.metrics.count('chorus_history_audio_total', { result: 'dropped' }, sides);
    this.#log.warn('the audio of a turn was not kept', { problem: 'recording.not_kept', reason });
  }
}

const late = (): ChorusError => new ChorusError('data.not_writable', 'the disk does not answer');

function oggOf(audio: TurnAudio, side: AudioSide): Uint8Array {
  return writeOggOpus(audio[side], { rateHz: RATE_HZ[side], serial: randomBytes(4).readUInt32LE() });
}

function bytesOf({ heard, said }: TurnAudio): number {
  return [...heard, ...said].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}
