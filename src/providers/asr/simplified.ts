import type { LanguageTag } from '../../core/index.js';

/** Matches Chinese tags, except those of the Traditional script, and of Taiwan, Hong Kong or Macau without a script. */
const SIMPLIFIED = /^zh(?:[-_]hans(?![a-z])|(?![a-z])(?!.*[-_](?:hant|tw|hk|mo)(?![a-z])))/i;

let convert: ((text: string) => string) | undefined;

/** Whether the language is written in Simplified Chinese characters. */
export function writesSimplified(language: LanguageTag): boolean {
  return SIMPLIFIED.test(language.trim());
}

/** Loads the dictionary of {@link simplified} (110 kB), once. */
export async function loadSimplified(): Promise<void> {
  if (convert) return;
  const { Converter } = await import('opencc-js/t2cn');
  // The variant `tw` also converts 著 to 着 where 著 is a particle; 著名 is kept.
  convert = Converter({ from: 'tw', to: 'cn' });
}

/**
 * Converts the text to Simplified characters, because Whisper writes Mandarin in either script. The text is unchanged
 * until {@link loadSimplified} has resolved.
 */
export function simplified(text: string): string {
  return convert?.(text) ?? text;
}
