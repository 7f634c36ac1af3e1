import type { Bilingual } from '../language.js';
import type { LogLevel } from '../logger.js';

/** Kinds of spoken apology. Their sentences are in `conversation/session/phrases.ts`. */
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
 * Values that an error's sentence contains (a file, a port, a model), so that the sentence can be made in the other
 * language too. No secrets. `piiWords`: a service's own words, which only {@link quoting} puts into a sentence.
 */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** One kind of failure that a user can meet: its handling, and its texts in both languages. */
export interface ErrorRow {
  /** The log level of the error. */
  readonly log: LogLevel;
  /** True: the same request may succeed later. */
  readonly retryable?: true;
  /** HTTP status in the admin API. Default 500: the server must be repaired. */
  readonly status?: number;
  /** Apology that a device speaks when a turn ends in this error; default: none. */
  readonly apology?: ApologyKey;
  /**
   * The cause. English: a sentence for the documentation, because each error has its own English sentence as its
   * message. Chinese: a sentence without its full stop, either fixed or made from the error's details and the
   * underlying cause (`because`, '' if it is not known).
   */
  readonly cause: {
    readonly en: string;
    readonly zh: string | ((details: ErrorDetails, because: string) => string);
  };
  /** The remedy, in whole sentences. */
  readonly remedy: Bilingual;
}
