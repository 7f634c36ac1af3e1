import { cutLongTokens } from '../trim.js';
import { spellUnits } from './units.js';

/** Replacements for characters that flite misreads or drops: typographic marks and signs beyond ASCII. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201b\u02bc\uff07]/gu, "'"],
  [/[\u201c\u201d\u201f\u00ab\u00bb\uff02"]/gu, ' '],
  [/\s*[\u2012-\u2015]\s*/gu, ', '],
  [/[\u2010\u2011\u2212]/gu, '-'],
  [/\u2026/gu, '...'],
  [/\u00a0/gu, ' '],
  [/\u2103/gu, '\u00b0C'],
  [/\u2109/gu, '\u00b0F'],
  [/\u00b2/gu, '^2'],
  [/\u00b3/gu, '^3'],
  [/\s?&\s?/gu, ' and '],
  [/\be\.g\.,?/giu, 'for example'],
  [/\bi\.e\.,?/giu, 'that is'],
  [/\u00b0\s?C\b/gu, ' degrees Celsius'],
  [/\u00b0\s?F\b/gu, ' degrees Fahrenheit'],
  [/\u00b0/gu, ' degrees'],
  [/\u20ac\s?(\d[\d.,]*\d|\d)/gu, '$1 euros'],
  [/\u00a3\s?(\d[\d.,]*\d|\d)/gu, '$1 pounds'],
  [/[\u00a5\uffe5]\s?(\d[\d.,]*\d|\d)/gu, '$1 yuan'],
  [/\u20ac/gu, ' euros'],
  [/\u00d7/gu, ' times '],
  [/\u00f7/gu, ' divided by '],
  [/\u00df/gu, 'ss'],
  [/\u00e6/gu, 'ae'],
  [/\u00c6/gu, 'Ae'],
  [/\u00f8/gu, 'o'],
  [/\u00d8/gu, 'O'],
  [/\u3002|\uff0e/gu, '. '],
  [/[\u3001\uff0c]/gu, ', '],
  [/\uff01/gu, '! '],
  [/\uff1f/gu, '? '],
];

/**
 * Text as flite can read it: printable ASCII, accents taken off, no endless words. Empty when nothing is left to say.
 */
export function fliteSpelling(text: string): string {
  let spelled = text;
  for (const [pattern, replacement] of REPLACEMENTS) spelled = spelled.replace(pattern, replacement);
  spelled = spelled
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  spelled = cutLongTokens(spellUnits(spelled));
  return /[A-Za-z0-9]/u.test(spelled) ? spelled : '';
}
