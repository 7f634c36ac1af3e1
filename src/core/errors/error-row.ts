import type { Bilingual } from '../language.js';
import type { LogLevel } from '../logger.js';

/** Kinds of spoken apology; the sentences stand in `conversation/session/phrases.ts`. */
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
 * What an error's sentence names (a file, a port, a model), for the sentence in another language. No secrets.
 * `piiWords`: what a service said, for no sentence ({@link quoting}).
 */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** One failure that somebody can meet: how it is handled, and its words in both languages. */
export interface ErrorRow {
  /** The level at which it is logged. */
  readonly log: LogLevel;
  /** The same request may succeed later. */
  readonly retryable?: true;
  /** HTTP status in the admin API; default 500: something has to be repaired on the server. */
  readonly status?: number;
  /** What a device says when a turn ends in it; default: nothing is spoken. */
  readonly apology?: ApologyKey;
  /**
   * What happened. English: a sentence for the documentation (an error brings its own as its message). Chinese: a
   * sentence without its full stop, made of the error's details and of what lies behind it (`because`, '' when nothing
   * is known).
   */
  readonly cause: {
    readonly en: string;
    readonly zh: string | ((details: ErrorDetails, because: string) => string);
  };
  /** What to do about it, in whole sentences. */
  readonly remedy: Bilingual;
}
