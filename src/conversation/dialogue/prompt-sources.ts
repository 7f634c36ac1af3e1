import type { LanguageTag } from '../../core/index.js';

/** A memory that offers facts for the prompt of a turn. Never fails, and is fast. */
export interface RememberedPort {
  /** Prepares a recall. Call it when the user begins to speak. */
  expect(): void;
  recall(text: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** A passage of a document for the prompt of a turn, and its source for the history. */
export interface KnownPassage {
  readonly source: string;
  readonly text: string;
}

/** Documents that offer passages for the prompt of a turn. Never fails, and is fast. */
export interface KnowledgePort {
  recall(text: string): Promise<readonly KnownPassage[]>;
}

/** The weather for the prompt of a turn. */
export interface PromptWeather {
  /** A sentence or two; undefined: not known now. */
  readonly text: string | undefined;
}

/** The weather at a place, or at the configured one; returns at once. Undefined: there is no place. */
export type WeatherPort = (place: string | undefined, language: LanguageTag) => PromptWeather | undefined;
