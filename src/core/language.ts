/** A BCP 47 tag as devices send it, for example `zh-CN`, `en-US`, `ja-JP`, `yue-CN`. */
export type LanguageTag = string;

/** The languages in which Chorus itself speaks and prints. */
export type UiLanguage = 'zh' | 'en';

/** A text for people, in both languages. */
export type Bilingual = Readonly<Record<UiLanguage, string>>;

/** A text for people. A plain string is the same in both languages, for example a number or the name of a program. */
export type Text = string | Bilingual;

export const both = (en: string, zh: string): Bilingual => ({ en, zh });

/** The primary subtag in lower case: `zh-CN` -> `zh`. `''` for an invalid tag. */
export function primarySubtag(tag: LanguageTag): string {
  const match = /^[a-z]{2,3}(?=$|[-_])/i.exec(tag.trim());
  return match ? match[0].toLowerCase() : '';
}

/** The language of Chorus's own sentences. Chinese for Chinese and Cantonese tags, English for all others. */
export function uiLanguage(tag: LanguageTag): UiLanguage {
  const primary = primarySubtag(tag);
  return primary === 'zh' || primary === 'yue' ? 'zh' : 'en';
}

/** The candidates come from an `Accept-Language` header or an OTA body. Returns the first valid tag. */
export function languageTag(...candidates: readonly (string | undefined)[]): LanguageTag | undefined {
  for (const candidate of candidates) {
    const first = candidate?.split(/[,;]/, 1)[0]?.trim();
    if (first !== undefined && /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i.test(first)) return first;
  }
  return undefined;
}

/** Scripts without spaces between words, and the punctuation marks of Chinese and Japanese. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\u3000-\u303f\uff00-\uffef`;
const UNSPACED_START = new RegExp(`^[${UNSPACED}]`, 'u');
const UNSPACED_END = new RegExp(`[${UNSPACED}]$`, 'u');

/** Joins texts that are spoken in turn. Puts a space between them, but not next to Chinese, Japanese or Thai. */
export function joinText(parts: readonly string[]): string {
  let text = '';
  for (const part of parts.map((one) => one.trim())) {
    const tight = text === '' || part === '' || UNSPACED_END.test(text) || UNSPACED_START.test(part);
    text += tight ? part : ` ${part}`;
  }
  return text;
}

const LETTER = /\p{L}/gu;
const HAN = /\p{Script=Han}/gu;
const LATIN_WORD = /\p{Script=Latin}{2,}/gu;
/** Minimum number of English words in an English text. Chinese speech often contains one or two. */
const LEAST_ENGLISH_WORDS = 3;

/**
 * The language of the text, or undefined if it does not clearly differ from the conversation's language. Chinese is
 * recognised by its characters, except in Japanese conversations. English is recognised only in Chinese conversations,
 * because many other languages use the same letters.
 */
export function otherLanguageOf(text: string, conversation: LanguageTag): LanguageTag | undefined {
  const han = text.match(HAN)?.length ?? 0;
  if (uiLanguage(conversation) === 'zh')
    return han === 0 && (text.match(LATIN_WORD)?.length ?? 0) >= LEAST_ENGLISH_WORDS ? 'en-US' : undefined;
  return primarySubtag(conversation) !== 'ja' && han * 2 > (text.match(LETTER)?.length ?? 0) ? 'zh-CN' : undefined;
}
