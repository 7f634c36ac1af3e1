const numbered = (words: string, step: number, from: number): Readonly<Record<string, number>> =>
  Object.fromEntries(words.split(' ').map((word, index) => [word, from + index * step]));
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const SMALL = numbered(`zero one two three four five six seven eight nine ${TEENS}`, 1, 0);
const TENS: Readonly<Record<string, number>> = {
  ...numbered('twenty thirty forty fifty sixty seventy eighty ninety', 10, 20),
  fourty: 40,
};
const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };

export interface NumberWords {
  readonly value: number;
  readonly words: number;
}

/**
 * Reads `one hundred and five point two`, `12`, `3.5`, `1,000`, `a hundred` or `2 million`. Returns undefined if there
 * is no number.
 */
export function englishNumber(words: readonly string[], at: number): NumberWords | undefined {
  const whole = wholeNumber(words, at);
  if (!whole) return undefined;
  if (words[at + whole.words] !== 'point') return whole;
  let decimals = '';
  let next = at + whole.words + 1;
  for (; next < words.length && decimals.length < 10; next++) {
    const word = words[next] ?? '';
    const digit = SMALL[word];
    if (digit !== undefined && digit < 10) decimals += String(digit);
    else if (/^\d{1,9}$/.test(word)) decimals += word;
    else break;
  }
  return decimals === '' ? whole : { value: Number(`${whole.value}.${decimals}`), words: next - at };
}

function wholeNumber(words: readonly string[], at: number): NumberWords | undefined {
  let total = 0;
  /** Value of the words since the last "thousand" or "million". */
  let group = 0;
  /** The next number must be less than `room`, for example 100 after "hundred", 10 after "twenty", 0 after "five". */
  let room = Infinity;
  let next = at;
  let any = false;
  for (;;) {
    const word = words[next] ?? '';
    const literal = any && room !== 1e3 ? undefined : literalNumber(word);
    const small = SMALL[word] ?? TENS[word];
    if (literal !== undefined && !any) {
      group = literal;
      room = 0;
    } else if (small !== undefined && small > 0 && small < room) {
      group += small;
      room = small >= 20 ? 10 : 0;
    } else if (small === 0 && !any) {
      return { value: 0, words: 1 };
    } else if (word === 'hundred' && any && group % 1000 < 100 && group > 0) {
      group *= 100;
      room = 100;
    } else if (word === 'a' && !any && (words[next + 1] === 'hundred' || (words[next + 1] ?? '') in SCALES)) {
      group = 1;
    } else if (word in SCALES && any && group > 0) {
      total += group * (SCALES[word] ?? 1);
      group = 0;
      room = SCALES[word] ?? 0;
    } else if (
      word === 'and' &&
      any &&
      (words[next - 1] === 'hundred' || (words[next - 1] ?? '') in SCALES) &&
      fits(words[next + 1], room)
    ) {
      next += 1;
      continue;
    } else {
      break;
    }
    any = true;
    next += 1;
  }
  return any ? { value: total + group, words: next - at } : undefined;
}

function fits(word: string | undefined, room: number): boolean {
  const value = SMALL[word ?? ''] ?? TENS[word ?? ''];
  return value !== undefined && value > 0 && value < room;
}

function literalNumber(word: string): number | undefined {
  return /^\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,10})?$|^\d{1,15}(?:\.\d{1,10})?$/.test(word)
    ? Number(word.replaceAll(',', ''))
    : undefined;
}
