import { open } from 'node:fs/promises';
import type { Sound } from '../../../speech/speaking/index.js';
import { guardedFetch } from '../../../platform/outbound/index.js';
import type { FileKind, Track } from './library.js';

/** Most bytes read at a time. */
const MAX_READ_BYTES = 64 * 1024;
const MAX_REDIRECTS = 3;

export interface OpenOptions {
  /** True: stations may be in the local network. */
  readonly allowPrivate: boolean;
}

/** A track that is being read, and the position in it. */
export interface OpenTrack {
  readonly sound: Sound;
  /** Bytes read so far, from the beginning of the file. */
  readonly readBytes: () => number;
}

/** Opens a file at an offset, or a station. Throws if it cannot be read. */
export async function openTrack(
  track: Track,
  fromByte: number,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<OpenTrack> {
  return track.kind === 'station' ? openStation(track, options, signal) : openFile(track, track.kind, fromByte);
}

async function openFile({ title, place }: Track, kind: FileKind, fromByte: number): Promise<OpenTrack> {
  const file = await open(place, 'r');
  // Only an MP3 can be played from its middle; the other formats need the header at the beginning.
  let at = kind === 'mp3' ? fromByte : 0;
  return {
    readBytes: () => at,
    sound: {
      title,
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
  const response = await follow(place, options, controller.signal).catch((error: unknown) => {
    signal.removeEventListener('abort', onAbort);
    throw error;
  });
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    readBytes: () => 0,
    sound: {
      title,
      format: { kind: formatOf(response.headers.get('content-type') ?? '') },
      source: {
        async take(maxBytes) {
          if (rest.byteLength === 0) {
            const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
            if (done || value === undefined) return { bytes: new Uint8Array(0), last: true };
            rest = value;
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

function formatOf(contentType: string): 'mp3' | 'flac' | 'ogg' {
  if (/\bflac\b/i.test(contentType)) return 'flac';
  return /\b(ogg|opus|vorbis)\b/i.test(contentType) ? 'ogg' : 'mp3';
}

/** Follows redirects; each address is checked like the first one. */
async function follow(place: string, { allowPrivate }: OpenOptions, signal: AbortSignal): Promise<Response> {
  const ask = allowPrivate ? fetch : guardedFetch({ localPorts: [] }, Number.POSITIVE_INFINITY);
  let url = new URL(place);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await ask(url, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.ok) return response;
    await response.body?.cancel().catch(() => undefined);
    if (response.status < 300 || response.status > 399 || location === null)
      throw new Error(`the station answered with HTTP ${response.status}`);
    url = new URL(location, url);
  }
  throw new Error('the station redirects too often');
}
