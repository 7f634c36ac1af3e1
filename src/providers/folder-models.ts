import { addModel, CATALOGUE, modelsInFolders } from '../engines/index.js';
import { sherpaRecognizer } from './asr/index.js';
import type { ProviderRegistry } from './registry.js';
import { sherpaVoice } from './tts/sherpa/index.js';

/**
 * Adds the models that the user put into the models folder. Returns true if a model was added. Folders that contain no
 * model, and names that are taken, are skipped.
 */
export async function addFolderModels(directory: string, registry: ProviderRegistry): Promise<boolean> {
  const { models } = await modelsInFolders(directory, new Set(CATALOGUE.map(({ id }) => id)));
  let changed = false;
  for (const model of models) {
    const descriptor = model.kind === 'asr' ? sherpaRecognizer(model) : sherpaVoice(model);
    if (!registry.takes(descriptor) || !addModel(model)) continue;
    registry.register(descriptor);
    changed = true;
  }
  return changed;
}
