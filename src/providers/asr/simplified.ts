import type { LanguageTag } from '../../core/index.js';

/** Tags of Taiwan, Hong Kong and Macau match only if they name the Simplified script. */
const SIMPLIFIED = /^zh(?:[-_]hans(?![a-z])|(?![a-z])(?!.*[-_](?:hant|tw|hk|mo)(?![a-z])))/i;

let convert: ((text: string) => string) | undefined;

export function writesSimplified(language: LanguageTag): boolean {
  return SIMPLIFIED.test(language.trim());
}

/** Loads the dictionary (110 kB) that {@link simplified} needs. */
export async function loadSimplified(): Promise<void> {
  if (convert) return;
  const { Converter } = await import('opencc-js/t2cn');
  // The variant `tw` also converts the particle 著 to 着, but keeps 著 in words such as 著名.
  convert = Converter({ from: 'tw', to: 'cn' });
}

/** Converts Traditional characters, which Whisper also writes. Does nothing before {@link loadSimplified}. */
export function simplified(text: string): string {
  return convert?.(text) ?? text;
}
