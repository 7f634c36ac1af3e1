/** Scripts that are written without spaces between words, and use full-width marks. */
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const WORD = /[\p{L}\p{N}]/u;
const ALNUM = /[\p{L}\p{N}\p{M}]/u;

/** Marks that end a sentence by themselves, whatever text follows. */
export const FULL_STOPS = '。！？｡।॥؟۔።';
/** Marks that end a sentence when white space follows. */
export const ASCII_STOPS = '.!?';
/** Marks at which a long sentence may be cut. The enumeration comma (、) is used only if there is no better place. */
export const CLAUSE_MARKS = '，；：…—,;:、،؛';
/** Closing marks. They belong to the sentence before them, like an ASCII quotation mark right after a stop. */
export const CLOSERS = '”’」』）)】》〉»"\'］';
/** Marks that have no space before them. */
const TIGHT = `${FULL_STOPS}${CLAUSE_MARKS}!?”’」』）)】》〉`;

export function isCjk(char: string): boolean {
  return CJK.test(char);
}

/** True if the text contains a letter or digit of any script. Other text is not worth speaking. */
export function isWord(text: string): boolean {
  return WORD.test(text);
}

/** Like {@link isWord}, but true for accents and vowel signs, too. */
export function isWordPart(char: string): boolean {
  return ALNUM.test(char);
}

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

export function isTight(char: string): boolean {
  return char !== '—' && TIGHT.includes(char);
}

/** The letters and digits of a text, in lower case. Used to compare what was said. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
