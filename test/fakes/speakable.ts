import type { LanguageTag } from '../../src/core/index.js';
import { SpeechCleaner } from '../../src/conversation/dialogue/text/cleaner.js';

/** The form in which a whole text is spoken, without its emotions. */
export function speakable(text: string, language: LanguageTag): string {
  const cleaner = new SpeechCleaner(language);
  return [...cleaner.push(text), ...cleaner.flush()].map((part) => (part.type === 'text' ? part.text : '')).join('');
}
