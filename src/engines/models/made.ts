import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChorusError, type Clock } from '../../core/index.js';
import { findModel } from './catalogue.js';
import { diskError } from './files.js';
import { lockModel } from './lock.js';
import { type FileRecords, readInstalled, readOrigin } from './manifest.js';
import { freeBytesOf, needSpace, placeModel } from './place.js';
import type { InstalledModel } from './store-port.js';

export interface MadeModelOptions {
  /** Id of a catalogue model whose source is `made`. */
  readonly id: string;
  /** `data/models`, created if necessary. */
  readonly directory: string;
  /** Recipe of the model, with every parameter. Without `force`, the same recipe does not generate the model again. */
  readonly from: string;
  readonly neededBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly force?: boolean;
  /** Replaced in tests. */
  readonly freeBytes?: (directory: string) => Promise<number>;
  /** Writes the model's files into an empty folder and returns their sizes and hashes. */
  write(staging: string, signal: AbortSignal): Promise<FileRecords>;
}

/** See `installMadeModel`, which loads this module on demand. */
export async function installMade(options: MadeModelOptions): Promise<InstalledModel> {
  const { id, from, clock } = options;
  const directory = resolve(options.directory);
  const model = findModel(id);
  if (model?.source.type !== 'made') throw new ChorusError('model.unknown', `${id} is not a model that can be made`);
  const target = join(directory, id);
  const present = async (): Promise<InstalledModel | undefined> =>
    options.force !== true && (await readOrigin(target)) === from ? readInstalled(model, target) : undefined;
  const found = await present();
  if (found) return found;

  const staging = join(directory, '.staging', id);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  signal.throwIfAborted();
  const release = await lockModel({
    directory,
    id,
    clock,
    signal,
    onLost: (cause) =>
      stop.abort(new ChorusError('model.busy', `another process took over the making of ${id}`, { cause })),
  });
  try {
    const meanwhile = await present();
    if (meanwhile) return meanwhile;
    // Files of an interrupted attempt are useless, because the model is generated in a single run.
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    await needSpace({
      id,
      directory,
      at: staging,
      bytes: options.neededBytes,
      freeBytes: options.freeBytes ?? freeBytesOf,
    });
    const files = await options.write(staging, signal);
    signal.throwIfAborted();
    return await placeModel({ model, directory, staging, files, from, clock });
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined); // The first error is reported.
    throw signal.aborted ? signal.reason : diskError(error, 'internal');
  } finally {
    await release().catch(() => undefined); // A lost lock cannot be released.
  }
}
