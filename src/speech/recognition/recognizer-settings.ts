import { primarySubtag, type LanguageTag } from '../../core/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';

/** Settings that may change while the server runs. */
export interface RecognizerSettings {
  /** `asr.model`: `auto` or an id of the catalogue. */
  readonly model: string;
  readonly corrections: Readonly<Record<string, string>>;
  /** Fetch what a device needs (`models.auto_pull`). */
  readonly autoPull: boolean;
  /** Understands the languages that it speaks; a local model only where it fails. Undefined: local models alone. */
  readonly service?: AsrProvider | undefined;
}

/** The service, if one is chosen and speaks the language. */
export function serviceFor(language: LanguageTag, { service }: RecognizerSettings): AsrProvider | undefined {
  const speaks = service?.languages.some((spoken) => spoken === '*' || spoken === primarySubtag(language));
  return speaks === true ? service : undefined;
}

/** A service that takes longer is replaced by a local model, if there is one. */
export const SERVICE_TIMEOUT_MS = 8_000;
