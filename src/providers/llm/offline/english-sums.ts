import { englishNumber } from './english-numbers.js';
import { type MathToken, tokensOf } from './expression.js';

/** The longest phrase comes first. */
const PHRASES = Object.entries({
  'to the power of': '^',
  'the square root of': '√',
  'square root of': '√',
  'multiplied by': '*',
  'divided by': '/',
  'percent of': '% *',
  '% of': '% *',
  'half of': '0.5 *',
  'added to': '+',
  plus: '+',
  minus: '-',
  negative: '-',
  times: '*',
  over: '/',
  squared: '²',
  cubed: '³',
  percent: '%',
  x: '*',
}).map(([phrase, symbols]) => ({ phrase: phrase.split(' '), tokens: tokensOf(symbols) }));

/** Words that may surround a sum. Any other word means that the text asks for no sum. */
const FILLERS = new Set(
  (
    "what what's whats is are how much many calculate compute please tell me can could you the answer result to = " +
    'equals equal does do hey hi hello okay ok so now know i want let us ' +
    "let's work out figure sum would be make makes that's well um uh er the and just"
  ).split(' '),
);

/** Sums such as `add 3 and 4`, rewritten with the operator in the middle. */
const PREFIX_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\badd (.{1,60}?) to (.{1,60})$/, '$1 plus $2'],
  [/\badd (.{1,60}?) (?:and|with) (.{1,60})$/, '$1 plus $2'],
  [/\bsum of (.{1,60}?) and (.{1,60})$/, '$1 plus $2'],
  [/\bsubtract (.{1,60}?) from (.{1,60})$/, '$2 minus $1'],
  [/\bdifference between (.{1,60}?) and (.{1,60})$/, '$1 minus $2'],
  [/\bmultiply (.{1,60}?) (?:by|and|with) (.{1,60})$/, '$1 times $2'],
  [/\bproduct of (.{1,60}?) and (.{1,60})$/, '$1 times $2'],
  [/\bdivide (.{1,60}?) by (.{1,60})$/, '$1 divided by $2'],
];

/** `text` is lower case and of limited length. */
export function englishSum(text: string): MathToken[] | undefined {
  const cleaned = text.replace(/[?!;:"“”]|\.(?!\d)|,(?!\d{3})/g, ' ').trim();
  for (const [form, infix] of PREFIX_FORMS) {
    if (!form.test(cleaned)) continue;
    const tokens = readWords(cleaned.replace(form, infix));
    if (tokens) return tokens;
  }
  return readWords(cleaned);
}

function readWords(text: string): MathToken[] | undefined {
  const words = text
    .replace(/([a-z])-(?=[a-z])/g, '$1 ')
    .replace(/[−–]/g, '-')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replace(/(\d)\s*x\s*(?=\d)/g, '$1 * ')
    .replace(/[-+*/^%()=]/g, ' $& ')
    .split(/\s+/)
    .filter((word) => word !== '');
  const tokens: MathToken[] = [];
  /** Fillers may precede and follow a sum, but not interrupt it. */
  let ended = false;
  for (let at = 0; at < words.length;) {
    const found = numberAt(words, at) ?? phraseAt(words, at);
    if (found) {
      if (ended) return undefined;
      tokens.push(...found.tokens);
      at += found.words;
    } else {
      if (!FILLERS.has(words[at] ?? '')) return undefined;
      if (tokens.length > 0) ended = true;
      at += 1;
    }
  }
  return tokens;
}

interface Found {
  readonly tokens: readonly MathToken[];
  readonly words: number;
}

function numberAt(words: readonly string[], at: number): Found | undefined {
  const number = englishNumber(words, at);
  return number && { tokens: [{ kind: 'number', value: number.value }], words: number.words };
}

function phraseAt(words: readonly string[], at: number): Found | undefined {
  const found = PHRASES.find(({ phrase }) => phrase.every((word, offset) => words[at + offset] === word));
  if (found) return { tokens: found.tokens, words: found.phrase.length };
  return /^[-+*/^%()]$/.test(words[at] ?? '') ? { tokens: tokensOf(words[at] ?? ''), words: 1 } : undefined;
}
