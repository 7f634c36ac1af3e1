import type { LanguageTag } from '../../core/index.js';
import { loadSimplified, simplified, writesSimplified } from '../../providers/asr/index.js';
import type { LiveRequest } from './recognizer-port.js';

/**
 * Removes SenseVoice's annotations (`<|…|>`) and converts the text to the characters of the language. The text is empty
 * if only a punctuation mark remains, as often for noise.
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

/** Gives interim texts the form of the final text, because both are compared. */
export function withTranscripts(request: LiveRequest, correct: (text: string) => string): LiveRequest {
  const { onText, language } = request;
  if (!onText) return request;
  const simplify = writesSimplified(language) ? simplified : (text: string): string => text;
  return { ...request, onText: (text) => onText(correct(simplify(plainOf(text)))) };
}

export async function prepareTranscripts(language: LanguageTag): Promise<void> {
  if (writesSimplified(language)) await loadSimplified();
}
