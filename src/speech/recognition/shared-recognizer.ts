import type { Change } from '../../config/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { EngineStatus } from '../../engines/index.js';
import type { Recognizer } from './recognizer-port.js';
import type { RecognizerSettings } from './recognizer-settings.js';

/** Recognition for all devices, and the models that it uses. */
export interface SharedRecognizer extends Recognizer {
  /** Call it when a device with this language has connected. Loads or downloads the model, and returns at once. */
  ensureFor(language: LanguageTag): void;
  /**
   * Resolves when speech in this language can be recognised. Rejects with `model.missing`, `model.not_installed`, or
   * the error of loading.
   */
  prepare(language: LanguageTag): Promise<void>;
  /** Id of the model that would be used for this language now. Undefined: there is none. */
  modelFor(language: LanguageTag): string | undefined;
  /** True if a model for this language is loaded. */
  isReady(language: LanguageTag): boolean;
  /**
   * CPU time per second of speech in this language, in core seconds, measured while its model was warmed up. Undefined:
   * not measured, or a service is used for the language.
   */
  triedCost(language: LanguageTag): number | undefined;
  writtenText(heard: string, language: LanguageTag): Promise<string>;
  /** States of all engine processes that were started. */
  statuses(): readonly EngineStatus[];
  /**
   * Prepares new settings while the present ones stay in use. With `trial`, rejects if a model that they need cannot be
   * loaded.
   */
  prepareChange(settings: RecognizerSettings, trial: boolean): Promise<Change>;
}
