import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { diskError } from './files.js';

export interface FileRecord {
  readonly sizeBytes: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

/** Writes sequentially and computes the hash. Errors: `data.disk_full`, `data.not_writable`. */
export class HashedFile {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<HashedFile> {
    try {
      return new HashedFile(await open(path, 'w'));
    } catch (error) {
      throw diskError(error);
    }
  }

  /** Resolves when the caller may reuse `bytes`. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    try {
      for (let offset = 0; offset < bytes.length;) offset += (await this.file.write(bytes, offset)).bytesWritten;
    } catch (error) {
      throw diskError(error);
    }
    this.#sizeBytes += bytes.length;
  }

  /** Syncs the file, so that it survives a power cut. Call this once, at the end. */
  async finish(): Promise<FileRecord> {
    try {
      await this.file.sync();
    } catch (error) {
      throw diskError(error);
    }
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }

  /** Must always be called, even without {@link finish}. */
  close(): Promise<void> {
    return this.file.close();
  }
}
