import type { CatalogueModel } from './catalogue.js';
import type { MadeModelOptions } from './model-made.js';
import type { ModelInspection } from './model-inspection.js';
import type { InstalledModel, ModelStore } from './model-store-port.js';
import type { ModelStoreOptions } from './models.js';

export type { ModelInspection } from './model-inspection.js';
export type { MadeModelOptions } from './model-made.js';
export type { ModelStoreOptions } from './models.js';

/**
 * Opens the store and looks at what is there; nothing is fetched. Errors: `data.not_writable`. Loaded on demand: every
 * child process imports this folder, and none needs the store.
 */
export async function createModelStore(options: ModelStoreOptions): Promise<ModelStore> {
  const { openModelStore } = await import('./models.js');
  return openModelStore(options);
}

/**
 * Installs a model that is written on this machine: whole or not at all, one process at a time, and only if it is not
 * there as it should be. Errors: `model.busy`, `data.disk_full`, `data.not_writable`, or the signal's reason.
 */
export async function installMadeModel(options: MadeModelOptions): Promise<InstalledModel> {
  const { installMade } = await import('./model-made.js');
  return installMade(options);
}

/** Looks at one model of a folder, reads every byte, writes nothing. Error: `data.not_writable` where the folder cannot be read. */
export async function inspectModel(
  modelsDirectory: string,
  model: CatalogueModel,
  signal: AbortSignal,
): Promise<ModelInspection> {
  const { inspect } = await import('./model-inspection.js');
  return inspect(modelsDirectory, model, signal);
}
