import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError } from '../../core/index.js';
import { dataFolderError } from '../../platform/store/index.js';
import { MAX_FILE_BYTES } from './limits.js';
import { tooLarge } from './reading/document-text.js';
import { knowledgeWords } from './words.js';

/** The file is on disk only until the document has been read. */
export interface Upload {
  readonly file: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** Receives files for the process that reads documents. Only the database keeps the contents. */
export class Uploads {
  readonly #folder: string;
  readonly #names = new Set<string>();

  constructor(private readonly dataDir: string) {
    this.#folder = join(dataDir, 'knowledge');
  }

  /** Removes files that a killed server has left behind. */
  async clear(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => []))
      if (!this.#names.has(name)) await rm(join(this.#folder, name), { force: true });
  }

  /** Rejects with `knowledge.too_large`, `data.*`, or the error of the source. */
  async receive(source: AsyncIterable<Uint8Array>): Promise<Upload> {
    const name = `${randomUUID()}.part`;
    const file = join(this.#folder, name);
    this.#names.add(name);
    const remove = async (): Promise<void> => {
      this.#names.delete(name);
      await rm(file, { force: true });
    };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const handle = await open(file, 'wx', 0o600);
      let bytes = 0;
      try {
        for await (const piece of source) {
          bytes += piece.byteLength;
          if (bytes > MAX_FILE_BYTES) {
            const most = MAX_FILE_BYTES / 2 ** 20;
            throw tooLarge(knowledgeWords.uploadTooLarge(most));
          }
          await handle.write(piece);
        }
      } finally {
        await handle.close();
      }
      return { file, bytes, remove };
    } catch (error) {
      await remove();
      const ofDisk = !(error instanceof ChorusError) && typeof (error as NodeJS.ErrnoException).syscall === 'string';
      throw ofDisk ? dataFolderError(this.dataDir, error) : error;
    }
  }
}
