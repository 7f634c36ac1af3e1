import { open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import type { Clock, Logger } from '../../../core/index.js';
import { lettersOf } from '../../dialogue/text/characters.js';
import { readPlaylist, soundAddress } from './playlist.js';

export type FileKind = 'mp3' | 'wav' | 'flac' | 'ogg';

const KINDS: Readonly<Record<string, FileKind>> = {
  mp3: 'mp3',
  wav: 'wav',
  flac: 'flac',
  ogg: 'ogg',
  oga: 'ogg',
  opus: 'ogg',
};

/** A track is a file or a station. A station comes from the configuration or from a playlist. */
export interface Track {
  readonly title: string;
  /** Path of the file, or address of the station. Never displayed. */
  readonly place: string;
  readonly kind: FileKind | 'station';
}

const MAX_FILES = 10_000;
const MAX_DEPTH = 8;
const MAX_LIST_BYTES = 200_000;
const KEPT_MS = 300_000;
/** One collator for all names, because making one takes longer than comparing. */
const NAMES = new Intl.Collator(undefined, { numeric: true });

export interface LibraryOptions {
  readonly folders: readonly string[];
  readonly stations: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface LibraryEntry {
  readonly track: Track;
  /** Letters and digits of the title and of the names of the track's folders and playlists. */
  readonly words: string;
}

export class Library {
  #known: { readonly atMs: number; readonly entries: readonly LibraryEntry[] } | undefined;

  constructor(private readonly options: LibraryOptions) {}

  /**
   * Returns tracks in the order of the folders. A station matches only by its own name or the name of its playlist. An
   * empty query matches all files, or a station if there are no files.
   */
  async find(query: string): Promise<readonly Track[]> {
    const wanted = lettersOf(query);
    const stations = Object.entries(this.options.stations).map(([title, place]): Track => ({
      title,
      place,
      kind: 'station',
    }));
    const station = stations.find(({ title }) => wanted !== '' && lettersOf(title) === wanted);
    if (station) return [station];
    const entries = await this.#entries();
    // The word "story" also finds a folder called "Stories".
    const forms = [wanted, wanted.replace(/y$/, 'ies')];
    const fitting = entries.filter(
      ({ track, words }) => forms.some((form) => words.includes(form)) && (wanted !== '' || track.kind !== 'station'),
    );
    const exact = fitting.filter(({ track }) => lettersOf(track.title) === wanted);
    const found = (exact.length > 0 ? exact : fitting).map(({ track }) => track);
    // Keeps each file once, because the same file may be in its folder and in playlists.
    const files = [...new Map(found.map((track) => [track.place, track])).values()];
    return files.length > 0 ? files : stations.filter(({ title }) => lettersOf(title).includes(wanted)).slice(0, 1);
  }

  async #entries(): Promise<readonly LibraryEntry[]> {
    const nowMs = this.options.clock.nowMs();
    if (this.#known && nowMs - this.#known.atMs < KEPT_MS) return this.#known.entries;
    const entries: LibraryEntry[] = [];
    for (const folder of this.options.folders)
      await this.#readIfPossible(folder, async () => {
        const root = await realpath(resolve(folder));
        await this.#collect(root, root, 0, entries);
      });
    this.#known = { atMs: nowMs, entries };
    return entries;
  }

  async #collect(root: string, folder: string, depth: number, entries: LibraryEntry[]): Promise<void> {
    if (depth > MAX_DEPTH) return;
    const files = await readdir(folder, { withFileTypes: true });
    for (const file of files.toSorted((a, b) => NAMES.compare(a.name, b.name))) {
      if (entries.length >= MAX_FILES || file.name.startsWith('.')) continue;
      const path = join(folder, file.name);
      await this.#readIfPossible(path, async () => {
        if (file.isDirectory()) await this.#collect(root, path, depth + 1, entries);
        else if (file.isFile()) await add(root, path, entries);
      });
    }
  }

  /** A folder or playlist that cannot be read does not hide the others. */
  async #readIfPossible(place: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.options.log.warn('a folder or playlist of music cannot be read', {
        problem: 'music.folder_unreadable',
        place,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

async function add(root: string, path: string, entries: LibraryEntry[]): Promise<void> {
  const kind = kindOf(path);
  if (kind) entries.push(entryOf(root, path, kind));
  else if (/^\.(?:m3u8?|pls)$/i.test(extname(path))) {
    const listName = lettersOf(basename(path, extname(path)));
    for (const { place, title } of readPlaylist(await beginningOf(path))) {
      if (entries.length >= MAX_FILES) return;
      const url = soundAddress(place);
      const one = url ? stationEntry(url, title) : await fileEntry(root, resolve(dirname(path), place));
      if (one) entries.push({ ...one, words: `${one.words} ${listName}` });
    }
  }
}

async function fileEntry(root: string, path: string): Promise<LibraryEntry | undefined> {
  const real = await within(root, path);
  const kind = real === undefined ? undefined : kindOf(real);
  return real !== undefined && kind ? entryOf(root, real, kind) : undefined;
}

/** Without a title, the end of the address or its host becomes the title. */
function stationEntry(url: URL, listedTitle: string | undefined): LibraryEntry {
  const last = basename(url.pathname, extname(url.pathname)).replaceAll(/[_-]+/g, ' ').trim();
  const title = listedTitle ?? (last === '' ? url.hostname : last);
  return { track: { title, place: url.href, kind: 'station' }, words: lettersOf(title) };
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LIST_BYTES), 0, MAX_LIST_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function within(root: string, path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return real.startsWith(root + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(root: string, path: string, kind: FileKind): LibraryEntry {
  const title = basename(path, extname(path))
    .replace(/^\d{1,3}[\s._-]+/, '')
    .replaceAll('_', ' ')
    .trim();
  return {
    track: { title: title === '' ? basename(path) : title, place: path, kind },
    words: lettersOf(path.slice(root.length).replace(extname(path), '')),
  };
}

export function kindOf(path: string): FileKind | undefined {
  const ending = extname(path).slice(1).toLowerCase();
  return Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined;
}
