import type { AsrProvider } from '../../providers/asr/index.js';

/** Settings that may change while the server runs. */
export interface RecognizerSettings {
  /** `asr.model`: `auto` or an id of the catalogue. */
  readonly model: string;
  readonly corrections: Readonly<Record<string, string>>;
  /** Fetch the models that a device needs (`models.auto_pull`). */
  readonly autoPull: boolean;
  /** Asked in this order for the languages that they speak; a local model is used only if all of them fail. */
  readonly services?: readonly AsrProvider[];
}
