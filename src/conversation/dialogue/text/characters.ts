/** Scripts that have no spaces between words and use full-width marks. */
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const WORD = /[\p{L}\p{N}]/u;
const ALNUM = /[\p{L}\p{N}\p{M}]/u;

/** Marks that end a sentence, whatever text follows. */
export const FULL_STOPS = '。！？｡।॥؟۔።';
/** Marks that may end a sentence. The text after them decides. */
export const ASCII_STOPS = '.!?';
/** Marks at which a long sentence may be cut. The enumeration comma (、) is the last choice among them. */
export const CLAUSE_MARKS = '，；：…—,;:、،؛';
/** Closing marks belong to the sentence before them. */
export const CLOSERS = '”’」』）)】》〉»"\'］';
const TIGHT = `${FULL_STOPS}${CLAUSE_MARKS}!?”’」』）)】》〉`;

export function isCjk(char: string): boolean {
  return CJK.test(char);
}

/** Text without any letter or digit is not worth speaking. */
export function isWord(text: string): boolean {
  return WORD.test(text);
}

/** Accents and vowel signs count, too. */
export function isWordPart(char: string): boolean {
  return ALNUM.test(char);
}

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

export function isTight(char: string): boolean {
  return char !== '—' && TIGHT.includes(char);
}

/** Returns only letters and digits, in lower case, to compare what was said. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
