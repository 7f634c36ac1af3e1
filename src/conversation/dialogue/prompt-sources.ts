import type { LanguageTag } from '../../core/index.js';

/** A memory that offers facts for the prompt of a turn. It is fast and never fails. */
export interface RememberedPort {
  /** Prepares for `recall`. Call it when the user begins to speak. */
  expect(): void;
  recall(text: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** A passage of a document for the prompt of a turn. Its source is kept in the history. */
export interface KnownPassage {
  readonly source: string;
  readonly text: string;
}

/** Documents that offer passages for the prompt of a turn. This is fast and never fails. */
export interface KnowledgePort {
  recall(text: string): Promise<readonly KnownPassage[]>;
}

/** The weather for the prompt of a turn. */
export interface PromptWeather {
  /** A sentence or two; undefined: not known now. */
  readonly text: string | undefined;
}

/** Returns the weather at a place (undefined: the configured place) at once. Undefined: no place is known. */
export type WeatherPort = (place: string | undefined, language: LanguageTag) => PromptWeather | undefined;
