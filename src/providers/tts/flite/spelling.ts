import { cutLongTokens } from '../trim.js';

/**
 * Typographic marks and letters beyond ASCII, which flite misreads or drops. Numbers, units, money and signs are words
 * already when the text comes here.
 */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201b\u02bc\uff07]/gu, "'"],
  [/[\u201c\u201d\u201f\u00ab\u00bb\uff02"]/gu, ' '],
  [/\s*[\u2012-\u2015]\s*/gu, ', '],
  [/[\u2010\u2011\u2212]/gu, '-'],
  [/\u2026/gu, '...'],
  [/\u00a0/gu, ' '],
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

/** Returns an empty text if there is nothing to speak. */
export function fliteSpelling(text: string): string {
  let spelled = text;
  for (const [pattern, replacement] of REPLACEMENTS) spelled = spelled.replace(pattern, replacement);
  spelled = spelled
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  spelled = cutLongTokens(spelled);
  return /[A-Za-z0-9]/u.test(spelled) ? spelled : '';
}
