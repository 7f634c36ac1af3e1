// Writes the tables of docs/moving-over.md and docs/moving-over.zh-CN.md from src/moving-over/mapping. A test fails while they are older.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { UiLanguage } from '../src/core/index.js';
import { movingOverTable } from '../src/moving-over/index.js';

export const MOVING_OVER_DOCUMENTS: Readonly<Record<UiLanguage, URL>> = {
  en: new URL('../docs/moving-over.md', import.meta.url),
  zh: new URL('../docs/moving-over.zh-CN.md', import.meta.url),
};

const BEGIN = '<!-- tables: written by scripts/moving-over-doc.ts from src/moving-over/mapping -->';
const END = '<!-- end of the tables -->';

/** The page with the tables as they ought to be. */
export function movingOverDocument(text: string, language: UiLanguage): string {
  const [before, rest] = text.split(BEGIN);
  const [, after] = (rest ?? '').split(END);
  if (before === undefined || after === undefined) throw new Error('the page has no place for its tables');
  return `${before}${BEGIN}\n\n${movingOverTable(language)}\n${END}${after}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const language of ['en', 'zh'] as const) {
    const file = MOVING_OVER_DOCUMENTS[language];
    writeFileSync(file, movingOverDocument(readFileSync(file, 'utf8'), language));
  }
}
