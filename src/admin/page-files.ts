import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Undefined if compression would not make the file smaller. */
  readonly brotli: Buffer | undefined;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  txt: 'text/plain; charset=utf-8',
};
/** Limit for all files of the page together. A larger page can only be a mistake. */
const MAX_BYTES = 16 * 1024 * 1024;
const COMPRESS = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/;
const compress = promisify(brotliCompress);

/**
 * Reads the built page once. Keys are file names relative to the folder, with forward slashes. Requests are looked up
 * among these keys and never become a path on disk.
 */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    },
  );
  let bytes = 0;
  for (const entry of entries) {
    const type = TYPES[entry.name.split('.').at(-1) ?? ''];
    // Links are skipped, because every served file must lie inside the folder.
    if (!entry.isFile() || type === undefined || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    bytes += body.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the page in ${folder} is larger than ${MAX_BYTES} bytes`);
    const small = COMPRESS.test(type)
      ? await compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
      : undefined;
    files.set(relative(folder, path).split(sep).join('/'), {
      type,
      body,
      brotli: small && small.byteLength < body.byteLength ? small : undefined,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    });
  }
  return files;
}
