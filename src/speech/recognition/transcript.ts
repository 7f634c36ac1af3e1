import type { LanguageTag } from '../../core/index.js';
import { loadSimplified, simplified, writesSimplified } from '../../providers/asr/index.js';
import type { LiveRequest } from './recognizer-port.js';

/**
 * Cleans the text of a recogniser: removes SenseVoice's annotations (`<|…|>`) and converts it to the characters with
 * which the language is written. If only a punctuation mark remains, as often for noise, returns an empty text.
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
 * Returns the request with {@link transcript} and `correct` applied to its interim texts. These are compared with the
 * final text, which is treated in the same way.
 */
export function withTranscripts(request: LiveRequest, correct: (text: string) => string): LiveRequest {
  const { onText, language } = request;
  if (!onText) return request;
  const simplify = writesSimplified(language) ? simplified : (text: string): string => text;
  return { ...request, onText: (text) => onText(correct(simplify(plainOf(text)))) };
}

/** Loads the data that {@link transcript} needs for the language, so that it is ready in time. */
export async function prepareTranscripts(language: LanguageTag): Promise<void> {
  if (writesSimplified(language)) await loadSimplified();
}
