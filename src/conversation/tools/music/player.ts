import { seededRandom, type Clock, type Logger } from '../../../core/index.js';
import type { ToolDataStore } from '../../../platform/store/index.js';
import type { Sound, SoundQueue } from '../../../speech/speaking/index.js';
import type { Library, Track } from './library.js';
import { openTrack, type OpenOptions, type OpenTrack } from './open-track.js';

interface Place {
  readonly tracks: readonly Track[];
  readonly query: string;
  /** Seed of the random order. Undefined means the order of the library. */
  readonly seed: number | undefined;
  index: number;
  byte: number;
  ms: number;
  /** True if the music stays silent until somebody asks for it. */
  silent?: boolean;
}

/** Within this time after an interruption, the answer can resume the music. */
const ANSWERED_WITHIN_MS = 30_000;

const TOOL = 'music';
const KEY = 'place';
/** After this many failures in a row the music ends, because the files or the network are probably away. */
const MAX_FAILED = 5;
/** Positions of more devices are kept only in the database. */
const MAX_DEVICES = 1000;

export interface PlayerOptions extends OpenOptions {
  readonly library: Library;
  readonly data: ToolDataStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Plays the music of each device. The position survives the conversation and a restart. */
export class Player {
  readonly #places = new Map<string, Place>();
  /** `Clock.nowMs` since which each device's music is interrupted, or requested but not begun. */
  readonly #interruptedMs = new Map<string, number>();

  constructor(private readonly options: PlayerOptions) {}

  /**
   * Plays the tracks that match `query`. An empty query plays all files in a random order. Returns undefined if no
   * track matches. With `next`, starts after the last track played for the same query, or with the second track of
   * another query.
   */
  async play(deviceId: string, query: string, next = false): Promise<SoundQueue | undefined> {
    const { library, clock } = this.options;
    const last = next ? await this.#placeOf(deviceId) : undefined;
    const following = last?.query === query ? await this.resume(deviceId, 1) : undefined;
    if (following) return following;
    const seed = query === '' ? Math.round(clock.wallMs()) : undefined;
    const tracks = shuffled(await library.find(query), seed);
    if (tracks.length === 0) return undefined;
    const index = next && last?.query !== query && tracks.length > 1 ? 1 : 0;
    return this.#start(deviceId, { tracks, query, seed, index, byte: 0, ms: 0 });
  }

  /**
   * Starts the track that is `by` tracks after the stopped one, but never before the first. Returns undefined if there
   * is no such track.
   */
  async resume(deviceId: string, by = 0): Promise<SoundQueue | undefined> {
    const place = await this.#placeOf(deviceId);
    if (!place) return undefined;
    const index = Math.max(0, place.index + by);
    if (index >= place.tracks.length) return undefined;
    return this.#start(deviceId, { ...place, index, ...(by !== 0 && { byte: 0, ms: 0 }) });
  }

  /** Continues the music that the user's last words interrupted. Returns undefined if there is none. */
  interrupted(deviceId: string): SoundQueue | undefined {
    const atMs = this.#interruptedMs.get(deviceId);
    const place = this.#places.get(deviceId);
    if (!place || atMs === undefined || this.options.clock.nowMs() - atMs > ANSWERED_WITHIN_MS) return undefined;
    return this.#start(deviceId, place);
  }

  /** The interrupted music stays silent until somebody asks for it. */
  stop(deviceId: string): void {
    this.#interruptedMs.delete(deviceId);
    const place = this.#places.get(deviceId);
    if (place) place.silent = true;
  }

  title(deviceId: string): string | undefined {
    const place = this.#places.get(deviceId);
    return place?.tracks[place.index]?.title;
  }

  #start(deviceId: string, from: Place): SoundQueue {
    const place: Place = { ...from, silent: false };
    this.#places.delete(deviceId);
    this.#places.set(deviceId, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MAX_DEVICES && oldest !== undefined) {
      this.#places.delete(oldest);
      this.#interruptedMs.delete(oldest);
    }
    // The answer may be interrupted before the music begins. The next answer then continues it.
    this.#interruptedMs.set(deviceId, this.options.clock.nowMs());
    return new Queue(
      place,
      this.options,
      () => this.#remember(deviceId, place),
      () => this.#interruptedMs.delete(deviceId),
      () => {
        // Counts only if no later queue plays already.
        if (this.#places.get(deviceId) === place) this.#interruptedMs.set(deviceId, this.options.clock.nowMs());
      },
    );
  }

  #remember(deviceId: string, { tracks, query, seed, index, byte, ms }: Place): void {
    const track = tracks[index];
    const changedMs = Math.round(this.options.clock.wallMs());
    const value = JSON.stringify({ query, seed, place: track?.place, byte, ms: Math.round(ms) });
    void this.options.data.put(TOOL, deviceId, { key: KEY, value, changedMs }, 10).catch((error: unknown) => {
      this.options.log.warn('the place in the music was not kept', {
        problem: 'music.place_not_kept',
        reason: String(error),
      });
    });
  }

  async #placeOf(deviceId: string): Promise<Place | undefined> {
    return this.#places.get(deviceId) ?? (await this.#remembered(deviceId));
  }

  async #remembered(deviceId: string): Promise<Place | undefined> {
    const { library, data } = this.options;
    const kept = (await data.all(TOOL, deviceId)).find(({ key }) => key === KEY);
    if (!kept) return undefined;
    const { query, seed, place, byte, ms } = JSON.parse(kept.value) as Partial<
      Record<'query' | 'place', string> & Record<'seed' | 'byte' | 'ms', number>
    >;
    const tracks = shuffled(await library.find(query ?? ''), seed);
    const index = tracks.findIndex((track) => track.place === place);
    return index < 0 ? undefined : { tracks, query: query ?? '', seed, index, byte: byte ?? 0, ms: ms ?? 0 };
  }
}

/** Without a seed, the given order stays. */
function shuffled(tracks: readonly Track[], seed: number | undefined): readonly Track[] {
  if (seed === undefined) return tracks;
  const random = seededRandom(seed, 'music');
  return tracks
    .map((track) => ({ track, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ track }) => track);
}

/** Skips tracks that cannot be read. The place moves only when a track opens, so it survives a sleeping disk. */
class Queue implements SoundQueue {
  /** Undefined if nothing plays or the track was interrupted. */
  #open: OpenTrack | undefined;
  #fromByte = 0;
  /** True if any track was opened. */
  #begun = false;

  constructor(
    private readonly place: Place,
    private readonly options: PlayerOptions,
    private readonly onMoved: () => void,
    private readonly onBegunOrOver: () => void,
    private readonly onInterrupted: () => void,
  ) {}

  async next(signal: AbortSignal): Promise<Sound | undefined> {
    if (this.place.silent === true) return undefined;
    if (this.#open) this.#skip();
    const { place } = this;
    let failed = 0;
    let at = { index: place.index, byte: place.byte, ms: place.ms };
    for (; failed < MAX_FAILED; at = { index: at.index + 1, byte: 0, ms: 0 }) {
      const track = place.tracks[at.index];
      if (!track) break;
      try {
        signal.throwIfAborted();
        this.#open = await openTrack(track, at, this.options, signal);
        this.#fromByte = at.byte;
        Object.assign(place, at);
        this.#begun = true;
        this.onBegunOrOver();
        this.onMoved();
        return this.#open.sound;
      } catch (error) {
        signal.throwIfAborted();
        failed += 1;
        this.options.log.warn('a track cannot be played', {
          problem: 'music.track_unplayable',
          track: track.title,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
    this.onBegunOrOver();
    if (failed === MAX_FAILED || !this.#begun) return undefined;
    // All tracks were played, so the next start is at the first track.
    Object.assign(place, { index: 0, byte: 0, ms: 0 });
    this.onMoved();
    return undefined;
  }

  stopped(playedMs: number, madeMs: number): void {
    this.onInterrupted();
    if (!this.#open) return;
    const read = this.#open.readBytes() - this.#fromByte;
    this.place.byte = this.#fromByte + (madeMs > 0 ? Math.floor(read * Math.min(1, playedMs / madeMs)) : 0);
    this.place.ms = (this.#open.sound.fromMs ?? 0) + playedMs;
    this.#open = undefined;
    this.onMoved();
  }

  #skip(): void {
    this.#open = undefined;
    Object.assign(this.place, { index: this.place.index + 1, byte: 0, ms: 0 });
  }
}
