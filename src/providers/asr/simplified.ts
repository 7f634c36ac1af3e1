import type { LanguageTag } from '../../core/index.js';

/** Chinese, unless the tag names the Traditional script, or Taiwan, Hong Kong or Macau without a script. */
const SIMPLIFIED = /^zh(?:[-_]hans(?![a-z])|(?![a-z])(?!.*[-_](?:hant|tw|hk|mo)(?![a-z])))/i;

let convert: ((text: string) => string) | undefined;

/** Whether people who speak the language write it in Simplified Chinese characters. */
export function writesSimplified(language: LanguageTag): boolean {
  return SIMPLIFIED.test(language.trim());
}

/** Loads the dictionary of {@link simplified} (110 kB), once. */
export async function loadSimplified(): Promise<void> {
  if (convert) return;
  const { Converter } = await import('opencc-js/t2cn');
  // The variant `tw` also converts 著 to 着 where it is the particle; 著名 stays.
  convert = Converter({ from: 'tw', to: 'cn' });
}

/**
 * The text in Simplified characters: Whisper writes Mandarin in either script. Unchanged until {@link loadSimplified}
 * has resolved.
 */
export function simplified(text: string): string {
  return convert?.(text) ?? text;
}
