import type { LanguageTag } from '../../core/index.js';

/** Supplies facts for the prompt, fast and without failing. */
export interface RememberedPort {
  /** Prepares for `recall`. Call this when the user begins to speak. */
  expect(): void;
  recall(text: string, signal: AbortSignal): Promise<readonly string[]>;
}

export interface KnownPassage {
  readonly source: string;
  readonly text: string;
}

/** Supplies passages for the prompt, fast and without failing. */
export interface KnowledgePort {
  recall(text: string): Promise<readonly KnownPassage[]>;
}

export interface PromptWeather {
  /** One or two sentences. Undefined if the weather is unknown now. */
  readonly text: string | undefined;
}

/**
 * Returns at once. An undefined `place` means the configured place. Returns undefined if no place is known, or if the
 * weather is switched off.
 */
export type WeatherPort = (place: string | undefined, language: LanguageTag) => PromptWeather | undefined;
