import type { CatalogueModel } from './catalogue.js';
import type { MadeModelOptions } from './made.js';
import type { ModelInspection } from './inspection.js';
import type { InstalledModel, ModelStore } from './store-port.js';
import type { ModelStoreOptions } from './store.js';

export type { ModelInspection } from './inspection.js';
export type { MadeModelOptions } from './made.js';
export type { ModelStoreOptions } from './store.js';

/**
 * Reads what is installed, and downloads nothing. The store's module is loaded on demand, because only a few of the
 * modules that import this one need the store. Error: `data.not_writable`.
 */
export async function createModelStore(options: ModelStoreOptions): Promise<ModelStore> {
  const { openModelStore } = await import('./store.js');
  return openModelStore(options);
}

/**
 * Installs a model that is generated on this machine, unless it is installed from the same recipe. Errors:
 * `model.busy`, `data.disk_full`, `data.not_writable`, or the signal's reason.
 */
export async function installMadeModel(options: MadeModelOptions): Promise<InstalledModel> {
  const { installMade } = await import('./made.js');
  return installMade(options);
}

/** Reads every byte of one model, and writes nothing. Error: `data.not_writable` if the folder cannot be read. */
export async function inspectModel(
  modelsDirectory: string,
  model: CatalogueModel,
  signal: AbortSignal,
): Promise<ModelInspection> {
  const { inspect } = await import('./inspection.js');
  return inspect(modelsDirectory, model, signal);
}
