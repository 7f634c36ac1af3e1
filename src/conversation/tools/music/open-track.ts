import { open } from 'node:fs/promises';
import { waitAtMost, type Clock } from '../../../core/index.js';
import type { Sound } from '../../../speech/speaking/index.js';
import { guardedFetch } from '../../../platform/outbound/index.js';
import { kindOf, type FileKind, type Track } from './library.js';
import { isPlaylist, readPlaylist, soundAddress } from './playlist.js';

const MAX_READ_BYTES = 64 * 1024;
const MAX_REDIRECTS = 3;
/** A station that sends nothing for this long is given up. */
const STALLED_MS = 15_000;
/** The rest of a longer playlist is ignored. A station's playlist usually has some hundred bytes. */
const MAX_LIST_BYTES = 64 * 1024;

export interface OpenOptions {
  readonly allowPrivate: boolean;
  readonly clock: Clock;
}

export interface OpenTrack {
  readonly sound: Sound;
  /** Counted from the beginning of the file. 0 for a station. */
  readonly readBytes: () => number;
}

export interface TrackPlace {
  readonly byte: number;
  readonly ms: number;
}

/**
 * If the position is later, a track other than MP3 starts at its beginning. All audio before the position would have to
 * be decoded, which is 100 times as fast as playing.
 */
const MAX_DECODED_MS = 600_000;

/** Throws if the track cannot be read. */
export async function openTrack(
  track: Track,
  from: TrackPlace,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<OpenTrack> {
  return track.kind === 'station' ? openStation(track, options, signal) : openFile(track, track.kind, from);
}

async function openFile({ title, place }: Track, kind: FileKind, from: TrackPlace): Promise<OpenTrack> {
  const file = await open(place, 'r');
  // Only an MP3 can be read from the middle. Other formats need the header at the beginning.
  let at = kind === 'mp3' ? from.byte : 0;
  const fromMs = kind === 'mp3' || from.ms > MAX_DECODED_MS ? 0 : from.ms;
  return {
    readBytes: () => at,
    sound: {
      title,
      ...(fromMs > 0 && { fromMs }),
      format: { kind },
      source: {
        async take(maxBytes) {
          const buffer = new Uint8Array(Math.min(maxBytes, MAX_READ_BYTES));
          const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
          at += bytesRead;
          return { bytes: buffer.subarray(0, bytesRead), last: bytesRead === 0 };
        },
      },
      close: () => void file.close().catch(() => undefined),
    },
  };
}

async function openStation({ title, place }: Track, options: OpenOptions, signal: AbortSignal): Promise<OpenTrack> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const unlessStalled = <T>(work: () => Promise<T>): Promise<T> =>
    waitAtMost(options.clock, STALLED_MS, controller.signal, stalled, work);
  const answer = await unlessStalled(() => soundOf(place, options, controller.signal)).catch((error: unknown) => {
    controller.abort();
    signal.removeEventListener('abort', onAbort);
    throw error;
  });
  const reader = answer.response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    readBytes: () => 0,
    sound: {
      title,
      format: { kind: formatOf(answer) },
      source: {
        async take(maxBytes) {
          if (rest.byteLength === 0) {
            const read = reader && (await unlessStalled(() => reader.read()));
            if (read === undefined || read.done) return { bytes: new Uint8Array(0), last: true };
            rest = read.value;
          }
          const bytes = rest.subarray(0, maxBytes);
          rest = rest.subarray(bytes.byteLength);
          return { bytes, last: false };
        },
      },
      close() {
        signal.removeEventListener('abort', onAbort);
        controller.abort();
      },
    },
  };
}

const stalled = (): Error => new Error(`the station sent nothing for ${STALLED_MS / 1000} s`);

const TYPES: readonly (readonly [RegExp, FileKind])[] = [
  [/\bflac\b/i, 'flac'],
  [/\b(?:ogg|opus|vorbis)\b/i, 'ogg'],
  [/\/(?:x-|vnd\.)?wave?\b/i, 'wav'],
  [/\b(?:mpeg|mp3)\b/i, 'mp3'],
];

/** The default is MP3, which most stations send. */
function formatOf({ response, url }: Answer): FileKind {
  const type = response.headers.get('content-type') ?? '';
  return TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? kindOf(url.pathname) ?? 'mp3';
}

interface Answer {
  readonly response: Response;
  readonly url: URL;
}

/** If the address is that of a playlist, requests its first address, with the same checks. */
async function soundOf(place: string, options: OpenOptions, signal: AbortSignal): Promise<Answer> {
  const first = await follow(place, options, signal);
  if (!isList(first)) return first;
  const text = await beginningOf(first.response);
  // An HLS playlist is refused, because it lists AAC segments and starts again every few seconds.
  if (/^#EXT-X-/m.test(text)) throw new Error('the station sends HLS');
  const [next] = readPlaylist(text).flatMap((listed) => soundAddress(listed.place, first.url) ?? []);
  if (!next) throw new Error('the playlist of the station has no address');
  const second = await follow(next.href, options, signal);
  if (!isList(second)) return second;
  await second.response.body?.cancel().catch(() => undefined);
  throw new Error('the playlist of the station leads to another playlist');
}

const isList = ({ response, url }: Answer): boolean => isPlaylist(url, response.headers.get('content-type') ?? '');

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < MAX_LIST_BYTES;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) break;
    chunks.push(value);
    bytes += value.byteLength;
  }
  await reader?.cancel().catch(() => undefined);
  return Buffer.concat(chunks).toString('utf8', 0, MAX_LIST_BYTES);
}

/** Each redirect is checked like the first address. */
async function follow(place: string, { allowPrivate }: OpenOptions, signal: AbortSignal): Promise<Answer> {
  const ask = allowPrivate ? fetch : guardedFetch({ localPorts: [] }, Number.POSITIVE_INFINITY);
  let url = new URL(place);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await ask(url, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.ok) return { response, url };
    await response.body?.cancel().catch(() => undefined);
    if (response.status < 300 || response.status > 399 || location === null)
      throw new Error(`the station answered with HTTP ${response.status}`);
    url = new URL(location, url);
  }
  throw new Error('the station redirects too often');
}
