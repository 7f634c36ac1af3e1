import type { LanguageTag } from '../../core/index.js';
import { loadSimplified, simplified, writesSimplified } from '../../providers/asr/index.js';
import type { LiveRequest } from './recognizer-port.js';

/**
 * What a recogniser has understood, without SenseVoice's annotations (`<|…|>`), in the Chinese characters of the
 * language. Empty if it is a lone mark, which noise often results in.
 */
export async function transcript(text: string, language: LanguageTag): Promise<string> {
  const plain = text.replaceAll(/<\|[^|]*\|>/g, '').trim();
  if (!/[\p{L}\p{N}]/u.test(plain)) return '';
  if (!writesSimplified(language) || !/\p{Script=Han}/u.test(plain)) return plain;
  await loadSimplified();
  return simplified(plain);
}

/** The request, with its texts in the Chinese characters of the language. */
export function inItsCharacters(request: LiveRequest): LiveRequest {
  const { onText, language } = request;
  if (!onText || !writesSimplified(language)) return request;
  return { ...request, onText: (text) => onText(simplified(text)) };
}

/** Loads in advance what {@link transcript} needs for the language. */
export async function prepareTranscripts(language: LanguageTag): Promise<void> {
  if (writesSimplified(language)) await loadSimplified();
}
