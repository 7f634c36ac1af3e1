import type { LanguageTag } from '../../core/index.js';
import { loadSimplified, simplified, writesSimplified } from '../../providers/asr/index.js';
import type { LiveRequest } from './recognizer-port.js';

/**
 * The text that a recogniser has understood, without SenseVoice's annotations (`<|…|>`), in the Chinese characters of
 * the language. Empty if it is a lone mark, which noise often results in.
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

/** The request, with its texts as {@link transcript} writes them, and corrected: a final text is compared with them. */
export function withTranscripts(request: LiveRequest, correct: (text: string) => string): LiveRequest {
  const { onText, language } = request;
  if (!onText) return request;
  const simplify = writesSimplified(language) ? simplified : (text: string): string => text;
  return { ...request, onText: (text) => onText(correct(simplify(plainOf(text)))) };
}

/** Loads in advance what {@link transcript} needs for the language. */
export async function prepareTranscripts(language: LanguageTag): Promise<void> {
  if (writesSimplified(language)) await loadSimplified();
}
