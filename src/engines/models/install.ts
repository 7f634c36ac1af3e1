import { copyFile, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MINUTE_MS, ChorusError, type Clock, type Logger, type Metrics, type Scope, sleep } from '../../core/index.js';
import type { CatalogueModel, Mirror } from './catalogue.js';
import { download, hostAndPortOf } from './download.js';
import { isErrno, sha256Of, sizeOf, diskError } from './files.js';
import type { FileRecords } from './manifest.js';
import { needSpace, placeModel } from './place.js';
import type { InstalledModel, ModelProgress } from './store-port.js';
import { unpack } from './unpack.js';
import { addressOf, type MirrorChoice, type WrongMirrors } from './mirrors.js';

export interface InstallOptions {
  readonly model: CatalogueModel;
  /** Folder of all models. */
  readonly directory: string;
  /** Known sizes and hashes, from the catalogue or from an earlier pull. */
  readonly expected: Partial<FileRecords>;
  readonly wrong: WrongMirrors;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly fetch: typeof fetch;
  readonly freeBytes: (directory: string) => Promise<number>;
  readonly signal: AbortSignal;
  readonly stallMs?: number;
  onProgress(progress: Pick<ModelProgress, 'state' | 'receivedBytes' | 'totalBytes' | 'mirror'>): void;
}

/** How often a file is requested from a mirror whose connection breaks. Further requests ask only for the rest. */
const ATTEMPTS = 3;
const PAUSE_MS = 1_000;

/**
 * Collects the files of a model in a staging folder, which is moved into place when all files are correct. Interrupted
 * downloads can be continued. The folder is removed if the disk is full or an installation from a file fails.
 */
export class Installation {
  readonly #staging: string;
  /** True if another mirror may have begun the files. A wrong result may then not be the current mirror's fault. */
  #mixed = false;

  constructor(private readonly options: InstallOptions) {
    this.#staging = join(options.directory, '.staging', options.model.id);
  }

  async fromMirrors({ asked, resting }: MirrorChoice): Promise<InstalledModel> {
    const failures = resting.map(
      ({ mirror, reason, waitMs }) => `${mirror.name}: ${reason}, asked again in ${Math.ceil(waitMs / MINUTE_MS)} min`,
    );
    const errors: ChorusError[] = [];
    await this.#prepare();
    for (const mirror of asked) {
      try {
        const installed = await this.#place(await this.#fromMirror(mirror), mirror.name);
        this.options.wrong.delete(mirror);
        return installed;
      } catch (error) {
        if (!(error instanceof ChorusError) || error.code.startsWith('data.')) throw await this.#afterFailure(error);
        this.options.signal.throwIfAborted();
        // Does not name the host twice. A mirror that was given by its address has the host as its name.
        failures.push(error.message.startsWith(mirror.name) ? error.message : `${mirror.name}: ${error.message}`);
        errors.push(error);
        if (error.code === 'model.corrupt' && !this.#mixed) this.#setAside(mirror, error);
        else
          // Logged only as info, because the warning after the last mirror lists all mirrors.
          this.options.log.info('a mirror did not deliver a model', {
            model: this.options.model.id,
            mirror: mirror.name,
            reason: error.message,
          });
        await this.#dropUnknown();
      }
    }
    throw new ChorusError(
      'model.download_failed',
      failures.length === 0
        ? `no mirror is known for ${this.options.model.id}`
        : `${this.options.model.id} could not be fetched (${failures.join('; ')})`,
      { cause: new AggregateError(errors), details: { id: this.options.model.id } },
    );
  }

  /** Installs from an archive or a folder on this machine. */
  async fromFile(path: string): Promise<InstalledModel> {
    await this.#prepare();
    try {
      const found = await stat(path).catch(() => undefined);
      if (!found) throw new ChorusError('model.download_failed', `there is no ${path}`, { details: { path } });
      if (found.isDirectory()) await this.#copy(path);
      else {
        await this.#unpack(path);
        await this.#fetchOwn({ name: path, place: 'world', archiveUrl: path });
      }
      return await this.#place(await this.#checkAll(), path);
    } catch (error) {
      await rm(this.#staging, { recursive: true, force: true });
      throw isErrno(error) ? diskError(error) : error;
    }
  }

  #setAside(mirror: Mirror, { message }: ChorusError): void {
    const pauseMs = this.options.wrong.add(mirror, message);
    if (pauseMs === undefined) return;
    const details = {
      problem: 'models.wrong_mirror',
      model: this.options.model.id,
      mirror: mirror.name,
      host: hostAndPortOf(addressOf(mirror)),
      reason: message,
      pauseMs,
    } as const;
    this.options.log.error(
      'a mirror has another file of a model than the right one; it is asked again later and less often',
      details,
    );
  }

  async #prepare(): Promise<void> {
    try {
      await mkdir(this.#staging, { recursive: true });
    } catch (error) {
      throw diskError(error);
    }
  }

  async #fromMirror(mirror: Mirror): Promise<FileRecords> {
    this.#mixed = false;
    if ('archiveUrl' in mirror) return this.#fromArchive(mirror);
    const files = this.options.model.files.filter(({ at }) => at === undefined);
    const sizes = files.map(({ name }) => this.options.expected[name]?.sizeBytes);
    const total = sizes.every((size) => size !== undefined)
      ? sizes.reduce((sum, size) => sum + size, 0)
      : this.options.model.downloadBytes || undefined;
    const records: FileRecords = {};
    let before = 0;
    await this.#fetchOwn(mirror);
    for (const { name } of files) {
      const expected = this.options.expected[name];
      const path = this.#path(name);
      if (
        !(
          expected &&
          (await sizeOf(path)) === expected.sizeBytes &&
          (await sha256Of(path, this.options.signal)) === expected.sha256
        )
      ) {
        const part = `${path}.part`;
        await mkdir(dirname(path), { recursive: true });
        await this.#download(`${mirror.baseUrl}/${name}`, part, mirror, {
          sizeBytes: expected?.sizeBytes,
          anyOrigin: expected !== undefined,
          before,
          total,
          unpackedBytes: 0,
        });
        await rename(part, path);
      }
      const record = await this.#check(name);
      records[name] = record;
      before += record.sizeBytes;
    }
    for (const { name, at } of this.options.model.files) if (at) records[name] = await this.#check(name);
    return records;
  }

  async #fromArchive(mirror: Extract<Mirror, { readonly archiveUrl: string }>): Promise<FileRecords> {
    const archive = this.#path('.archive');
    const known = this.options.model.downloadBytes;
    await this.#download(mirror.archiveUrl, archive, mirror, {
      sizeBytes: undefined,
      anyOrigin: false,
      before: 0,
      total: undefined,
      unpackedBytes: known,
    });
    try {
      await this.#compareArchive(archive, mirror);
      await this.#unpack(archive);
      await this.#fetchOwn(mirror);
      const records = await this.#checkAll();
      await rm(archive, { force: true });
      return records;
    } catch (error) {
      // A wrong archive must not be continued later.
      if (error instanceof ChorusError && error.code === 'model.corrupt') await rm(archive, { force: true });
      throw error;
    }
  }

  /** Only reports another hash, because publishers sometimes repack an archive. The files have hashes of their own. */
  async #compareArchive(archive: string, mirror: Extract<Mirror, { readonly archiveUrl: string }>): Promise<void> {
    if (mirror.sha256 === undefined || (await sha256Of(archive, this.options.signal)) === mirror.sha256) return;
    this.options.log.warn('the archive of a model is another one than it was; its files are judged by themselves', {
      problem: 'models.archive_changed',
      model: this.options.model.id,
      mirror: mirror.name,
    });
  }

  async #fetchOwn(mirror: Mirror): Promise<void> {
    for (const { name, at = [], sizeBytes } of this.options.model.files) {
      if (at.length === 0 || (await sizeOf(this.#path(name))) !== undefined) continue;
      const part = `${this.#path(name)}.part`;
      const addresses = mirror.place === 'china' ? [...at].reverse() : at;
      for (const [index, url] of addresses.entries()) {
        try {
          await this.#download(url, part, mirror, {
            sizeBytes,
            anyOrigin: sizeBytes !== undefined,
            before: 0,
            total: sizeBytes,
            unpackedBytes: 0,
          });
          break;
        } catch (error) {
          const isLast = index === addresses.length - 1;
          if (isLast || !(error instanceof ChorusError) || error.code !== 'model.download_failed') throw error;
        }
      }
      await rename(part, this.#path(name));
    }
  }

  async #download(
    url: string,
    path: string,
    mirror: Mirror,
    plan: {
      sizeBytes: number | undefined;
      anyOrigin: boolean;
      before: number;
      total: number | undefined;
      unpackedBytes: number;
    },
  ): Promise<void> {
    const { clock, fetch, signal, stallMs } = this.options;
    this.#mixed ||= ((await sizeOf(path)) ?? 0) > 0;
    for (let attempt = 1; ; attempt++) {
      const atBytes = (await sizeOf(path)) ?? 0;
      try {
        await download({
          url,
          path,
          anyOrigin: plan.anyOrigin,
          sizeBytes: plan.sizeBytes,
          clock,
          fetch,
          signal,
          ...(stallMs === undefined ? {} : { stallMs }),
          onSize: (remainingBytes) => this.#needSpace(remainingBytes + plan.unpackedBytes),
          onBytes: (receivedBytes, totalBytes) => {
            this.options.onProgress({
              state: 'downloading',
              receivedBytes: plan.before + receivedBytes,
              totalBytes: plan.total ?? totalBytes,
              mirror: mirror.name,
            });
          },
        });
        return;
      } catch (error) {
        signal.throwIfAborted();
        // Another attempt is useful only if this one delivered bytes.
        const delivered = ((await sizeOf(path)) ?? 0) > atBytes;
        if (
          !(error instanceof ChorusError) ||
          error.code !== 'model.download_failed' ||
          !delivered ||
          attempt >= ATTEMPTS
        )
          throw error;
        await sleep(clock, PAUSE_MS * attempt, signal);
      }
    }
  }

  async #unpack(archive: string): Promise<void> {
    const { model, clock, log, metrics, scope, signal } = this.options;
    await this.#needSpace(model.downloadBytes);
    this.options.onProgress({ state: 'unpacking', receivedBytes: 0, totalBytes: undefined, mirror: undefined });
    const names = [...model.files.map(({ name }) => name), ...(model.folders ?? []).map((name) => `${name}/`)];
    await unpack({
      archive,
      names,
      destination: this.#staging,
      clock,
      log,
      metrics,
      scope,
      signal,
      onProgress: (receivedBytes, totalBytes) =>
        this.options.onProgress({ state: 'unpacking', receivedBytes, totalBytes, mirror: undefined }),
    });
  }

  async #copy(folder: string): Promise<void> {
    await this.#needSpace(this.options.model.downloadBytes);
    for (const { name } of this.options.model.files) {
      if ((await sizeOf(join(folder, name))) === undefined)
        throw new ChorusError('model.corrupt', `${folder} has no ${name}`, {
          details: { id: this.options.model.id, file: name },
        });
      const path = this.#path(name);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(join(folder, name), path);
    }
    for (const name of this.options.model.folders ?? [])
      await cp(join(folder, name), this.#path(name), { recursive: true });
  }

  async #checkAll(): Promise<FileRecords> {
    const records: FileRecords = {};
    for (const { name } of this.options.model.files) records[name] = await this.#check(name);
    return records;
  }

  /** Removes a wrong file, because its download must not be continued. */
  async #check(name: string): Promise<FileRecords[string]> {
    const path = this.#path(name);
    const expected = this.options.expected[name];
    const sizeBytes = await sizeOf(path);
    if (sizeBytes === undefined)
      throw new ChorusError('model.corrupt', `${name} is missing in it`, {
        details: { id: this.options.model.id, file: name },
      });
    this.options.onProgress({ state: 'checking', receivedBytes: sizeBytes, totalBytes: sizeBytes, mirror: undefined });
    const sha256 = await sha256Of(path, this.options.signal);
    const rightSize = expected === undefined || expected.sizeBytes === sizeBytes;
    // The catalogue may state only the hash of a file.
    const right = expected ?? this.options.model.files.find((file) => file.name === name);
    if (!rightSize || (right?.sha256 ?? sha256) !== sha256) {
      await rm(path, { force: true });
      throw new ChorusError(
        'model.corrupt',
        rightSize ? `${name} has the wrong hash` : `${name} has ${sizeBytes} bytes, not ${expected.sizeBytes}`,
        { details: { id: this.options.model.id, file: name } },
      );
    }
    return { sizeBytes, sha256 };
  }

  #needSpace(bytes: number): Promise<void> {
    const { model, directory, freeBytes } = this.options;
    return needSpace({ id: model.id, directory, at: this.#staging, bytes, freeBytes });
  }

  #place(files: FileRecords, from: string): Promise<InstalledModel> {
    const { model, directory, clock } = this.options;
    return placeModel({ model, directory, staging: this.#staging, files, from, clock });
  }

  /** Removes files without a known hash, because the next mirror may have another version of the model. */
  async #dropUnknown(): Promise<void> {
    for (const { name } of this.options.model.files) {
      if (this.options.expected[name] === undefined) await rm(this.#path(name), { force: true });
    }
  }

  async #afterFailure(error: unknown): Promise<unknown> {
    if (error instanceof ChorusError && error.code === 'data.disk_full')
      await rm(this.#staging, { recursive: true, force: true });
    return isErrno(error) ? diskError(error) : error;
  }

  #path(name: string): string {
    return join(this.#staging, name);
  }
}
