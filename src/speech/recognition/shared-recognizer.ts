import type { Change } from '../../config/index.js';
import type { LanguageTag } from '../../core/index.js';
import type { EngineStatus } from '../../engines/index.js';
import type { Recognizer } from './recognizer-port.js';
import type { RecognizerSettings } from './recognizer-settings.js';

/** Recognition for all devices, together with the models that it uses. */
export interface SharedRecognizer extends Recognizer {
  /** Call it when a device of that language has connected. It loads or fetches the model and returns at once. */
  ensureFor(language: LanguageTag): void;
  /** Resolves when the language is ready. Rejects with `model.missing`, `model.not_installed`, or a loading error. */
  prepare(language: LanguageTag): Promise<void>;
  /** Id of the model used for that language now, if one is installed. */
  modelFor(language: LanguageTag): string | undefined;
  /** True if a model for that language is loaded. */
  isReady(language: LanguageTag): boolean;
  /**
   * CPU time per second of speech in that language, in core seconds, measured when its model was warmed up. Undefined:
   * it was not measured, or a service recognises the language.
   */
  triedCost(language: LanguageTag): number | undefined;
  writtenText(heard: string, language: LanguageTag): Promise<string>;
  /** Statuses of all engine processes that were started. */
  statuses(): readonly EngineStatus[];
  /** Prepares other settings beside the present ones. With `trial`, it rejects if a needed model cannot be loaded. */
  prepareChange(settings: RecognizerSettings, trial: boolean): Promise<Change>;
}
