import { CONVERSATION_BYTES } from '../../capacity/index.js';
import { mainLanguage, type Config } from '../../config/index.js';
import { MB } from '../../core/index.js';
import { CATALOGUE, type CatalogueModel, chooseModels, type AsrModel } from '../../engines/index.js';

/**
 * Memory of all processes without a recognition model. An early version used 548 MB, of which 270 MB were Moonshine.
 * The present version uses 470 MB (docs/capacity.md), so this value is generous.
 */
const BASE_BYTES = 280 * MB;
/** Memory of Moonshine tiny. */
const SMALL_MODEL_BYTES = 270 * MB;
/** SenseVoice takes 430 MB of memory for 239 MB of files. Other models are estimated in proportion. */
const MEMORY_PER_FILE_BYTE = 430 / 239;
/** Number of conversations that is assumed if `max_concurrent_sessions` is `auto`. */
const CONVERSATIONS = 2;

export interface NeededModel {
  readonly model: CatalogueModel;
  readonly why: 'vad' | 'recognition' | 'voice';
}

/** The models that this configuration needs. If `asr.model` is `auto`, the installed models are preferred. */
export function neededModels(config: Config, isInstalled: (model: CatalogueModel) => boolean): readonly NeededModel[] {
  const needed: NeededModel[] = CATALOGUE.filter(({ kind }) => kind === 'vad').map((model) => ({ model, why: 'vad' }));
  const asr = CATALOGUE.filter((model): model is AsrModel => model.kind === 'asr');
  const preferred = config.asr.model === 'auto' ? undefined : config.asr.model;
  const { usable, wanted } = chooseModels(asr, mainLanguage(config), isInstalled, preferred);
  const recognition = wanted ?? usable[0];
  if (recognition) needed.push({ model: recognition, why: 'recognition' });
  for (const chosen of new Set([preferred, ...config.asr.services])) {
    const model = asr.find(({ id }) => id === chosen);
    if (model && model !== recognition) needed.push({ model, why: 'recognition' });
  }
  const voice = CATALOGUE.find((model) => model.kind === 'tts' && model.id === config.tts.provider);
  if (voice) needed.push({ model: voice, why: 'voice' });
  return needed;
}

/** Memory of a loaded model, in bytes. */
export function memoryOf({ kind, downloadBytes, source }: CatalogueModel): number {
  if (kind === 'vad') return 0; // BASE_BYTES includes this memory.
  return source.type === 'package'
    ? SMALL_MODEL_BYTES
    : Math.max(SMALL_MODEL_BYTES, Math.round(downloadBytes * MEMORY_PER_FILE_BYTE));
}

/** Memory of the server with these models loaded and its conversations in progress, in bytes. */
export function memoryNeed(config: Config, models: readonly CatalogueModel[]): number {
  const conversations = config.max_concurrent_sessions === 'auto' ? CONVERSATIONS : config.max_concurrent_sessions;
  const loaded = [...new Set(models)].reduce((sum, model) => sum + memoryOf(model), 0);
  return BASE_BYTES + conversations * CONVERSATION_BYTES + loaded;
}
