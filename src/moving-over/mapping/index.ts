import { providers, type ImportRow } from '../../providers/index.js';
import { ACTIVITY, OTHER_RECOGNIZERS, REST } from './other-modules.js';
import type { ModuleName, ProviderRow } from './row.js';
import { OTHER_LANGUAGE_MODELS, OTHER_VOICES } from './unsupported.js';

export { GENERAL_ROWS } from './general.js';
export { GUIDE_ROWS } from './tuning-guide.js';
export { MODULES, type ModuleName, type ProviderRow, type Row } from './row.js';

const imported = (
  module: ModuleName,
  from: readonly { readonly importFrom?: readonly ImportRow[] }[],
): readonly ProviderRow[] => from.flatMap(({ importFrom = [] }) => importFrom.map((row) => ({ module, ...row })));

export function providerRows(): readonly ProviderRow[] {
  const { languageModels, voices, recognizers, recognitionServices } = providers;
  return [
    ...imported('LLM', languageModels),
    ...OTHER_LANGUAGE_MODELS,
    ...imported('TTS', voices),
    ...OTHER_VOICES,
    ...imported('ASR', recognizers),
    ...imported('ASR', recognitionServices),
    ...OTHER_RECOGNIZERS,
    ...ACTIVITY,
    ...REST,
  ];
}
