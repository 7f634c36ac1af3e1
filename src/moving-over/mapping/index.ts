export { GENERAL_ROWS, GUIDE_ROWS } from './general.js';
export {
  MODULES,
  type ModuleName,
  type ProviderRow,
  type ProviderTaken,
  type Row,
  type Taking,
  type Values,
} from './row.js';
import { LANGUAGE_MODELS } from './language-models.js';
import { ACTIVITY, RECOGNISERS, REST } from './other-modules.js';
import type { ProviderRow } from './row.js';
import { VOICES } from './voices.js';

/** Every kind of provider that server documents. */
export const PROVIDER_ROWS: readonly ProviderRow[] = [
  ...LANGUAGE_MODELS,
  ...VOICES,
  ...RECOGNISERS,
  ...ACTIVITY,
  ...REST,
];
