import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import { ChorusError, type Clock } from '../../core/index.js';
import { isErrno, sizeOf, diskError } from './files.js';

export interface DownloadOptions {
  readonly url: string;
  /** The file to write. Its origin is stored in `<path>.json`, so that a later download can continue. */
  readonly path: string;
  /** True if the hash of the content is known. Another mirror may then continue the file. */
  readonly anyOrigin: boolean;
  readonly sizeBytes: number | undefined;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  /** The connection counts as broken if no byte arrives for this long, in ms. The default is 30 s. */
  readonly stallMs?: number;
  onBytes(receivedBytes: number, totalBytes: number | undefined): void;
  /** Called at most once, before any byte is written. May throw `data.disk_full`. */
  onSize?(remainingBytes: number): Promise<void>;
}

interface Origin {
  readonly url: string;
  readonly etag: string | undefined;
}

const DEFAULT_STALL_MS = 30_000;

/** Does not check the content. Errors: `model.download_failed`, `data.*`, or the signal's reason. */
export async function download(options: DownloadOptions): Promise<void> {
  const { path, signal, clock } = options;
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  const stalled = (): void =>
    controller.abort(
      new ChorusError('model.download_failed', `no data for ${Math.round(stallMs / 1_000)} s`, {
        details: { host: hostAndPortOf(options.url), stalledS: Math.round(stallMs / 1_000) },
      }),
    );
  let watchdog = clock.after(stallMs, stalled);
  const alive = (): void => {
    watchdog.cancel();
    watchdog = clock.after(stallMs, stalled);
  };
  try {
    await receive(options, controller.signal, await continuable(options), alive);
  } catch (error) {
    if (controller.signal.aborted) throw controller.signal.reason;
    throw toDownloadError(error, options.url);
  } finally {
    watchdog.cancel();
    signal.removeEventListener('abort', onAbort);
  }
  await rm(`${path}.json`, { force: true });
}

async function receive(
  options: DownloadOptions,
  signal: AbortSignal,
  resume: { fromByte: number; etag: string | undefined },
  alive: () => void,
): Promise<void> {
  const { url, path } = options;
  let { fromByte } = resume;
  // Only `identity` is accepted, because ranges would otherwise count encoded bytes. With If-Range, a changed file is
  // sent from its beginning.
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'xiaozhi-chorus' };
  if (fromByte > 0) {
    headers['range'] = `bytes=${fromByte}-`;
    if (resume.etag !== undefined && !resume.etag.startsWith('W/')) headers['if-range'] = resume.etag;
  }
  const failure = (message: string, status?: number): ChorusError => {
    const details = { host: hostAndPortOf(url), ...(status !== undefined && { status }) };
    return new ChorusError('model.download_failed', `${hostAndPortOf(url)} ${message}`, { details });
  };
  const response = await options.fetch(url, { headers, signal, redirect: 'follow' });
  alive();
  if (response.status === 416 && fromByte > 0 && fromByte === options.sizeBytes) return; // The file was complete.
  if (response.status === 416 && fromByte > 0) await rm(path, { force: true });
  if (!response.ok || !response.body) throw failure(`answered ${response.status}`, response.status);
  if (response.status !== 206 || rangeStart(response) !== fromByte) fromByte = 0;
  if (response.status === 206 && fromByte === 0) throw failure('sent another part than it was asked for');
  const remainingBytes = Number(response.headers.get('content-length') ?? Number.NaN);
  const totalBytes = Number.isFinite(remainingBytes) ? fromByte + remainingBytes : undefined;
  if (options.sizeBytes !== undefined && totalBytes !== undefined && totalBytes !== options.sizeBytes)
    throw failure(`has a file of ${totalBytes} bytes, not of ${options.sizeBytes}`);
  if (Number.isFinite(remainingBytes)) await options.onSize?.(remainingBytes);
  await writeFile(
    `${path}.json`,
    JSON.stringify({ url, etag: response.headers.get('etag') ?? undefined } satisfies Origin),
  );

  const file = await open(path, fromByte > 0 ? 'r+' : 'w');
  try {
    const received = await append(file, fromByte, response.body, (receivedBytes) => {
      alive();
      // Without this check, a server that states no length could send endlessly.
      if (options.sizeBytes !== undefined && receivedBytes > options.sizeBytes)
        throw failure(`sent more than the ${options.sizeBytes} bytes of the file`);
      options.onBytes(receivedBytes, totalBytes ?? options.sizeBytes);
    });
    await file.sync();
    const wantedBytes = totalBytes ?? options.sizeBytes;
    if (wantedBytes !== undefined && received !== wantedBytes)
      throw failure(`sent ${received} of ${wantedBytes} bytes`);
  } finally {
    await file.close();
  }
}

async function append(
  file: FileHandle,
  fromByte: number,
  body: ReadableStream<Uint8Array>,
  onBytes: (received: number) => void,
): Promise<number> {
  let position = fromByte;
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, offset, chunk.length - offset, position);
      offset += bytesWritten;
      position += bytesWritten;
    }
    onBytes(position);
  }
  return position;
}

/** Returns where to continue. Bytes from another URL are kept only if a hash can verify the whole file later. */
async function continuable(options: DownloadOptions): Promise<{ fromByte: number; etag: string | undefined }> {
  const fromByte = (await sizeOf(options.path)) ?? 0;
  if (fromByte === 0) return { fromByte: 0, etag: undefined };
  let origin: Partial<Origin> = {};
  try {
    origin = JSON.parse(await readFile(`${options.path}.json`, 'utf8')) as Partial<Origin>;
  } catch {
    // Without a readable record, the origin is unknown.
  }
  if (options.sizeBytes !== undefined && fromByte > options.sizeBytes) return { fromByte: 0, etag: undefined };
  if (origin.url === options.url) return { fromByte, etag: origin.etag };
  return { fromByte: options.anyOrigin ? fromByte : 0, etag: undefined };
}

function rangeStart(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** Names a host and port in messages. A text that is no URL stays unchanged. */
export function hostAndPortOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Includes the message of the cause, because `fetch failed` says nothing by itself. */
function toDownloadError(error: unknown, url: string): ChorusError {
  if (error instanceof ChorusError) return error;
  if (error instanceof Error && 'syscall' in error && 'path' in error) return diskError(error);
  const disk = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  if (disk) return diskError(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ChorusError(
    'model.download_failed',
    `${hostAndPortOf(url)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause: error, details: { host: hostAndPortOf(url), ...(isErrno(cause) && { system: cause.code }) } },
  );
}
