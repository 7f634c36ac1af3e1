import { englishNumber } from './english-numbers.js';
import type { MathToken } from './expression.js';

const operator = (of: '+' | '-' | '*' | '/' | '^'): MathToken => ({ kind: 'operator', operator: of });

/** Longest first: the first that matches at a place is taken. */
const PHRASES: readonly (readonly [readonly string[], readonly MathToken[]])[] = (
  [
    ['to the power of', [operator('^')]],
    ['the square root of', [{ kind: 'root' }]],
    ['square root of', [{ kind: 'root' }]],
    ['multiplied by', [operator('*')]],
    ['divided by', [operator('/')]],
    ['percent of', [{ kind: 'suffix', suffix: 'percent' }, operator('*')]],
    ['% of', [{ kind: 'suffix', suffix: 'percent' }, operator('*')]],
    ['half of', [{ kind: 'number', value: 0.5 }, operator('*')]],
    ['added to', [operator('+')]],
    ['plus', [operator('+')]],
    ['minus', [operator('-')]],
    ['negative', [operator('-')]],
    ['times', [operator('*')]],
    ['over', [operator('/')]],
    ['squared', [{ kind: 'suffix', suffix: 'squared' }]],
    ['cubed', [{ kind: 'suffix', suffix: 'cubed' }]],
    ['percent', [{ kind: 'suffix', suffix: 'percent' }]],
    ['x', [operator('*')]],
    ['+', [operator('+')]],
    ['-', [operator('-')]],
    ['*', [operator('*')]],
    ['/', [operator('/')]],
    ['^', [operator('^')]],
    ['%', [{ kind: 'suffix', suffix: 'percent' }]],
    ['(', [{ kind: 'open' }]],
    [')', [{ kind: 'close' }]],
  ] as const
).map(([phrase, tokens]) => [phrase.split(' '), tokens]);

/** Words around a sum that say nothing about it. Any other word means that it was not a sum that was asked. */
const FILLERS = new Set(
  (
    "what what's whats is are how much many calculate compute please tell me can could you the answer result to = equals equal does do hey hi hello " +
    "okay ok so now know i want let us let's work out figure sum would be make makes that's well um uh er the and just"
  ).split(' '),
);

/** `add 3 and 4` and its like, as the infix form. */
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

/** The tokens of a sum asked in English; undefined when something else was said. `text` is lower case and bounded. */
export function englishSum(text: string): MathToken[] | undefined {
  const cleaned = text.replace(/[?!;:"“”]|\.(?!\d)|,(?!\d{3})/g, ' ').trim();
  for (const [form, infix] of PREFIX_FORMS) {
    if (!form.test(cleaned)) continue;
    const tokens = tokensOf(cleaned.replace(form, infix));
    if (tokens) return tokens;
  }
  return tokensOf(cleaned);
}

function tokensOf(text: string): MathToken[] | undefined {
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
  /** A sum is one stretch: fillers may stand before and after it, not inside. */
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
  for (const [phrase, tokens] of PHRASES) {
    if (phrase.every((word, offset) => words[at + offset] === word)) return { tokens, words: phrase.length };
  }
  return undefined;
}
