import type { Bilingual } from '../language.js';
import type { LogLevel } from '../logger.js';

/** The sentences are in `conversation/session/phrases.ts`. */
export type ApologyKey =
  | 'busy'
  | 'not_understood'
  | 'asr_failed'
  | 'model_downloading'
  | 'model_missing'
  | 'voice_missing'
  | 'llm_no_key'
  | 'llm_bad_key'
  | 'llm_no_money'
  | 'llm_rate_limited'
  | 'llm_unreachable'
  | 'llm_timeout'
  | 'llm_server_error'
  | 'llm_failed'
  | 'llm_no_model'
  | 'llm_bad_address'
  | 'internal';

/**
 * Values that appear in an error's sentence, in both languages. They never contain secrets. `piiWords` has a service's
 * own words, which only {@link quoting} puts into a sentence.
 */
export type ErrorDetails = Readonly<Record<string, string | number>>;

export interface ErrorRow {
  readonly log: LogLevel;
  /** True if the same request may succeed later. */
  readonly retryable?: true;
  /** HTTP status in the admin API. The default is 500. */
  readonly status?: number;
  /** Apology that a device speaks when a turn ends in this error. By default, the device speaks none. */
  readonly apology?: ApologyKey;
  /**
   * `en` is a sentence for the documentation, because each error has its own English message. `zh` is a sentence
   * without its full stop. `because` is the Chinese sentence of the underlying cause, or '' if there is none.
   */
  readonly cause: {
    readonly en: string;
    readonly zh: string | ((details: ErrorDetails, because: string) => string);
  };
  /** Whole sentences. */
  readonly remedy: Bilingual;
}
