import type { LanguageTag } from '../../core/index.js';
import { loadSimplified, simplified, writesSimplified } from '../../providers/asr/index.js';
import type { LiveRequest } from './recognizer-port.js';

/**
 * Cleans the text of a recogniser: removes SenseVoice's annotations (`<|…|>`) and converts to the Chinese characters of
 * the language. Returns an empty text for a lone mark, which noise often produces.
 */
export async function transcript(text: string, language: LanguageTag): Promise<string> {
  const plain = plainOf(text);
  if (!writesSimplified(language) || !/\p{Script=Han}/u.test(plain)) return plain;
  await loadSimplified();
  return simplified(plain);
}

function plainOf(text: string): string {
  const plain = text.replaceAll(/<\|[^|]*\|>/g, '').trim();
  return /[\p{L}\p{N}]/u.test(plain) ? plain : '';
}

/**
 * Returns the request with {@link transcript} and `correct` applied to its interim texts, because a final text is
 * compared with them.
 */
export function withTranscripts(request: LiveRequest, correct: (text: string) => string): LiveRequest {
  const { onText, language } = request;
  if (!onText) return request;
  const simplify = writesSimplified(language) ? simplified : (text: string): string => text;
  return { ...request, onText: (text) => onText(correct(simplify(plainOf(text)))) };
}

/** Loads the data that {@link transcript} needs for the language in advance. */
export async function prepareTranscripts(language: LanguageTag): Promise<void> {
  if (writesSimplified(language)) await loadSimplified();
}
