import type { ModelStore } from './model-store-port.js';
import type { ModelStoreOptions } from './models.js';

export type { ModelStoreOptions } from './models.js';

/**
 * Opens the store and looks at what is there; nothing is fetched. Errors: `data.not_writable`. Loaded on demand: every
 * child process imports this folder, and none needs the store.
 */
export async function createModelStore(options: ModelStoreOptions): Promise<ModelStore> {
  const { openModelStore } = await import('./models.js');
  return openModelStore(options);
}
