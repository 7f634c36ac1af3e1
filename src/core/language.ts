/** A BCP 47 tag as devices send it: `zh-CN`, `en-US`, `ja-JP`, `yue-CN` ... */
export type LanguageTag = string;

/** The languages in which Chorus itself speaks and prints. */
export type UiLanguage = 'zh' | 'en';

/** A text for people, in each of their languages. */
export type Bilingual = Readonly<Record<UiLanguage, string>>;

/** A text for people; a plain string stands in both languages (numbers, names of programs, identifiers). */
export type Text = string | Bilingual;

export const both = (en: string, zh: string): Bilingual => ({ en, zh });

/** `zh-CN` -> `zh`; lower case; `''` for nonsense. */
export function primarySubtag(tag: LanguageTag): string {
  const match = /^[a-z]{2,3}(?=$|[-_])/i.exec(tag.trim());
  return match ? match[0].toLowerCase() : '';
}

/** Chinese (Cantonese included) gets Chinese sentences, everybody else English ones. */
export function uiLanguage(tag: LanguageTag): UiLanguage {
  const primary = primarySubtag(tag);
  return primary === 'zh' || primary === 'yue' ? 'zh' : 'en';
}

/** The first language of an `Accept-Language` header (or of an OTA body) that looks like one. */
export function languageTag(...candidates: readonly (string | undefined)[]): LanguageTag | undefined {
  for (const candidate of candidates) {
    const first = candidate?.split(/[,;]/, 1)[0]?.trim();
    if (first !== undefined && /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i.test(first)) return first;
  }
  return undefined;
}

const LETTER = /\p{L}/gu;
const HAN = /\p{Script=Han}/gu;
const LATIN_WORD = /\p{Script=Latin}{2,}/gu;
/** Fewer English words are often part of Chinese speech. */
const LEAST_ENGLISH_WORDS = 3;

/**
 * The language of the text, where it is clearly not that of the conversation; undefined elsewhere. Chinese is told by
 * its characters, except in Japanese; English only in Chinese conversations, as many languages share its letters.
 */
export function otherLanguageOf(text: string, conversation: LanguageTag): LanguageTag | undefined {
  const han = text.match(HAN)?.length ?? 0;
  if (uiLanguage(conversation) === 'zh')
    return han === 0 && (text.match(LATIN_WORD)?.length ?? 0) >= LEAST_ENGLISH_WORDS ? 'en-US' : undefined;
  return primarySubtag(conversation) !== 'ja' && han * 2 > (text.match(LETTER)?.length ?? 0) ? 'zh-CN' : undefined;
}
