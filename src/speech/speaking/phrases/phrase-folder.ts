import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOUR_MS, type Clock, type Logger, withTimeout } from '../../../core/index.js';
import { ByteLru } from './byte-lru.js';
import { packPackets, unpackPackets } from './packed-packets.js';

export interface PhraseFolderOptions {
  readonly directory: string;
  /** Limit of bytes for all files. The least recently used files are removed first. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  onBytes?(bytes: number): void;
}

/**
 * While a phrase is used from memory, its file is marked as used at most this often, to save disk writes. After a
 * restart, the order of use is right to within an hour.
 */
const MARK_EVERY_MS = HOUR_MS;
const SUFFIX = '.opus-phrase';
const UNFINISHED = '.unfinished';
/** First bytes of each file. The number changes with the layout. */
const MAGIC = Buffer.from('chorus1\n');
const DIGEST_BYTES = 32;
const HEAD_BYTES = MAGIC.length + DIGEST_BYTES;
const READ_TIMEOUT_MS = 300;
const WRITE_TIMEOUT_MS = 5_000;
const MAX_WAITING = 64;
/** Time until a full or read-only disk is tried again. */
const RETRY_AFTER_MS = 60_000;

/**
 * Stores phrases in a folder, one file each. Never rejects. An unreadable file counts as missing, and a failed write is
 * skipped. Files are renamed into place, so that none is incomplete.
 */
export class PhraseFolder {
  /** The files, with the time of the last mark (`Clock.wallMs`). */
  readonly #files: ByteLru<{ markedMs: number }>;
  #closedUntilMs = -Infinity;
  #complained = false;
  #waiting = 0;
  /** Changes of the folder are made one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly options: PhraseFolderOptions) {
    this.#files = new ByteLru(options.maxBytes);
  }

  get bytes(): number {
    return this.#files.bytes;
  }

  /** Lists the files of an earlier run. Removes unfinished files, and files above the limit. */
  open(signal: AbortSignal): Promise<void> {
    return this.#guarded(signal, async () => {
      await mkdir(this.options.directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const found: { readonly key: string; readonly bytes: number; readonly usedMs: number }[] = [];
      for (const name of await readdir(this.options.directory)) {
        if (name.endsWith(UNFINISHED)) await rm(join(this.options.directory, name), { force: true });
        if (!name.endsWith(SUFFIX)) continue;
        const { size, mtimeMs } = await stat(join(this.options.directory, name));
        found.push({ key: name.slice(0, -SUFFIX.length), bytes: size, usedMs: mtimeMs });
      }
      for (const { key, bytes, usedMs } of found.sort((a, b) => a.usedMs - b.usedMs))
        await this.#enter(key, bytes, usedMs);
      this.options.onBytes?.(this.#files.bytes);
    });
  }

  /** Returns undefined if the file is missing or damaged. */
  async read(key: string, signal: AbortSignal): Promise<readonly Uint8Array[] | undefined> {
    const file = this.#files.get(key);
    if (!file) return undefined;
    try {
      const bytes = await withTimeout(this.options.clock, READ_TIMEOUT_MS, signal, noAnswer, (within) =>
        readFile(this.#path(key), { signal: within }),
      );
      const packets = openFile(key, bytes);
      if (packets) {
        await this.#mark(key, file);
        return packets;
      }
      this.options.log.warn('a kept phrase was damaged and is made again', {
        problem: 'phrase.damaged',
        file: this.#path(key),
      });
      await rm(this.#path(key), { force: true });
    } catch (error) {
      if (signal.aborted) return undefined;
      this.options.log.debug('a kept phrase could not be read', { file: this.#path(key), error: message(error) });
    }
    this.#forget(key);
    return undefined;
  }

  /** Call it when the phrase was used from memory. Returns true if {@link mark} should follow. */
  touch(key: string): boolean {
    const file = this.#files.get(key);
    return file !== undefined && this.options.clock.wallMs() - file.markedMs >= MARK_EVERY_MS;
  }

  async mark(key: string): Promise<void> {
    const file = this.#files.get(key);
    if (file) await this.#mark(key, file);
  }

  async #mark(key: string, file: { markedMs: number }): Promise<void> {
    file.markedMs = this.options.clock.wallMs();
    const now = new Date(file.markedMs);
    // This fails on a read-only disk, which does no harm.
    await utimes(this.#path(key), now, now).catch(() => undefined);
  }

  write(key: string, packets: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    // Writes nothing if too many writes wait. The phrase is then in memory only.
    if (this.#files.has(key) || this.#waiting >= MAX_WAITING) return Promise.resolve();
    this.#waiting += 1;
    return this.#guarded(signal, () => this.#write(key, packets)).finally(() => {
      this.#waiting -= 1;
    });
  }

  async #write(key: string, packets: readonly Uint8Array[]): Promise<void> {
    const body = packPackets(packets);
    const file = Buffer.concat([MAGIC, digest(key, body), body]);
    if (file.byteLength > this.options.maxBytes) return;
    const unfinished = `${this.#path(key)}-${randomBytes(4).toString('hex')}${UNFINISHED}`;
    try {
      await writeFile(unfinished, file, { mode: 0o600, flag: 'wx' });
      await rename(unfinished, this.#path(key));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined); // Removed at the next start.
      throw error;
    }
    await this.#enter(key, file.byteLength, this.options.clock.wallMs());
    this.#complained = false;
  }

  async #enter(key: string, bytes: number, markedMs: number): Promise<void> {
    const gone = this.#files.set(key, { markedMs }, bytes);
    for (const old of gone) await rm(this.#path(old), { force: true });
    this.options.onBytes?.(this.#files.bytes);
  }

  #forget(key: string): void {
    this.#files.delete(key);
    this.options.onBytes?.(this.#files.bytes);
  }

  #guarded(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const turn = this.#attempt(this.#work, signal, work);
    this.#work = turn;
    return turn;
  }

  async #attempt(before: Promise<void>, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { clock, log, directory } = this.options;
    await before;
    if (clock.nowMs() < this.#closedUntilMs || signal.aborted) return;
    try {
      await withTimeout(clock, WRITE_TIMEOUT_MS, signal, noAnswer, work);
    } catch (error) {
      if (signal.aborted) return;
      this.#closedUntilMs = clock.nowMs() + RETRY_AFTER_MS;
      if (!this.#complained)
        log.warn('phrases cannot be kept on disk; they are in memory only', {
          problem: 'phrase.not_on_disk',
          folder: directory,
          error: message(error),
        });
      this.#complained = true;
    }
  }

  #path(key: string): string {
    return join(this.options.directory, key + SUFFIX);
  }
}

/** The hash includes the file name. Otherwise a renamed file would be played for another sentence. */
function digest(key: string, body: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(body).digest();
}

function openFile(key: string, bytes: Buffer): readonly Uint8Array[] | undefined {
  const body = bytes.subarray(HEAD_BYTES);
  if (
    bytes.length <= HEAD_BYTES ||
    !bytes.subarray(0, MAGIC.length).equals(MAGIC) ||
    !bytes.subarray(MAGIC.length, HEAD_BYTES).equals(digest(key, body))
  )
    return undefined;
  try {
    return unpackPackets(body);
  } catch {
    return undefined;
  }
}

function noAnswer(): Error {
  return new Error('the disk does not answer');
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
