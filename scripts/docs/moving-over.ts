import type { UiLanguage } from '../../src/core/index.js';
import { movingOverTable } from '../../src/moving-over/index.js';

const BEGIN = '<!-- tables: written by scripts/docs/moving-over.ts from src/moving-over/mapping -->';
const END = '<!-- end of the tables -->';

/** Fills in the tables of docs/moving-over.md from src/moving-over/mapping. The text around them is written by hand. */
export function movingOverDocument(language: UiLanguage, text: string): string {
  const [before, rest] = text.split(BEGIN);
  const [, after] = (rest ?? '').split(END);
  if (before === undefined || after === undefined) throw new Error('the page has no place for its tables');
  return `${before}${BEGIN}\n\n${movingOverTable(language)}\n${END}${after}`;
}
