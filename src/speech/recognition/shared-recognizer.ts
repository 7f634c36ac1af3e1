import type { Change } from '../../config/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { EngineStatus } from '../../engines/index.js';
import type { Recognizer } from './recognizer-port.js';
import type { RecognizerSettings } from './recognizer-settings.js';

export interface SharedRecognizer extends Recognizer {
  /** Call this when a device with this language has connected. Returns at once. */
  ensureFor(language: LanguageTag): void;
  /**
   * Resolves when speech in this language can be recognised. Rejects with `model.missing`, `model.not_installed`,
   * `model.not_fetched`, or the error of loading.
   */
  prepare(language: LanguageTag): Promise<void>;
  /** Id of the service or model for the language. Undefined if none can be used now. */
  modelFor(language: LanguageTag): string | undefined;
  isReady(language: LanguageTag): boolean;
  /**
   * CPU time per second of speech, in core seconds, measured during the warm-up. Undefined if nothing was measured, or
   * if a service is used for the language.
   */
  triedCost(language: LanguageTag): number | undefined;
  writtenText(heard: string, language: LanguageTag): Promise<string>;
  statuses(): readonly EngineStatus[];
  /**
   * Prepares new settings while the present ones stay in use. With `trial`, rejects if a needed model cannot be loaded.
   */
  prepareChange(settings: RecognizerSettings, trial: boolean): Promise<Change>;
}
