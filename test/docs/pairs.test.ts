import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  blocksOf,
  chineseOf,
  codeOf,
  hasChinese,
  headingsOf,
  isChinese,
  linksOf,
  numbersOf,
  PAGES,
  PAIRED,
  read,
  ROOT,
  tablesOf,
} from './pages.js';

/** Entries that occur more often in one list than in the other. */
function difference(
  english: readonly string[],
  chinese: readonly string[],
): { readonly onlyEnglish: readonly string[]; readonly onlyChinese: readonly string[] } {
  const left = [...chinese];
  const onlyEnglish = english.filter((text) => {
    const at = left.indexOf(text);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return { onlyEnglish, onlyChinese: left };
}
const NONE = { onlyEnglish: [], onlyChinese: [] };
/** Comments must be removed before comparing, because they are in the page's language. */
const withoutComments = (body: string): string => body.replaceAll(/(^|\s)#.*$/gm, '').replaceAll(/^\s*\n/gm, '');
/**
 * The target of a link, without its language and its anchor. Anchors are made of words, so they differ between
 * languages.
 */
const target = (link: string): string => link.replace('.zh-CN', '').replace('-zh.png', '.png').replace(/#.*$/, '');
/**
 * Whether a text is the same in every language: a key, code, id, variable, option or path. Placeholders and sentences
 * differ.
 */
const isName = (code: string): boolean =>
  /^(?:[a-z][\w.-]*|[A-Z][A-Z0-9_]+|--[a-z-]+(?: [a-z0-9]+)?|[\w.-]*(?:\/[\w.-]+)+\/?)$/.test(code) &&
  (/^[A-Z0-9_]+$/.test(code) || !/[A-Z]{2}/.test(code));
/** The first cell of each table row. */
const firstCells = (text: string): string[] => [...text.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell = '']) => cell);
/** Pages that are generated from sentences. In both languages their tables have the same rows with different text. */
const OTHER_SENTENCES = new Set(['docs/errors.md', 'docs/doctor.md']);

it('every page for users has a Chinese translation, and each translation has its original', () => {
  expect(PAIRED.filter((path) => !existsSync(`${ROOT}/${chineseOf(path)}`))).toEqual([]);
  expect(PAGES.filter((path) => isChinese(path) && !PAIRED.includes(path.replace('.zh-CN', '')))).toEqual([]);
});

describe.each(PAIRED.filter((path) => existsSync(`${ROOT}/${chineseOf(path)}`)))(
  '%s has the same content in Chinese',
  (path) => {
    const english = read(path);
    const chinese = read(chineseOf(path));

    it('has the same sections, tables, commands and examples', () => {
      expect(headingsOf(chinese).map(({ level }) => level)).toEqual(headingsOf(english).map(({ level }) => level));
      expect(tablesOf(chinese)).toEqual(tablesOf(english));
      const blocks = (text: string) =>
        blocksOf(text).map(({ language, body }) => `${language}\n${withoutComments(body)}`);
      // Makes a block comparable. Quoted texts, such as the subject of a mail, may be Chinese.
      const comparable = (block: string) =>
        block.replaceAll(/"[^"\n]*"/g, (quoted) => (hasChinese(quoted) || quoted.includes(' ') ? '"…"' : quoted));
      expect(blocks(chinese).map(comparable)).toEqual(blocks(english).map(comparable));
    });

    it('has the same links', () => {
      const links = (text: string) =>
        linksOf(text)
          .filter((link) => !link.startsWith('#'))
          .map(target);
      expect(difference(links(english), links(chinese))).toEqual(NONE);
    });

    it('has the same numbers, keys and names', () => {
      if (OTHER_SENTENCES.has(path)) {
        expect(firstCells(english).length).toBeGreaterThan(20);
        expect(difference(firstCells(english), firstCells(chinese))).toEqual(NONE);
        return;
      }
      expect(difference(numbersOf(english), numbersOf(chinese))).toEqual(NONE);
      const names = (text: string) => [
        ...new Set(
          codeOf(text)
            .filter(isName)
            .map((code) => code.replace('.zh-CN', '')),
        ),
      ];
      expect(difference(names(english), names(chinese))).toEqual(NONE);
    });

    it('is in Chinese', () => {
      const han = chinese.match(/\p{Script=Han}/gu)?.length ?? 0;
      expect(han).toBeGreaterThan(english.split(/\s+/).length / 4);
      expect(english.split('\n').slice(0, 6).join('\n')).toContain(`](${chineseOf(path).split('/').at(-1) ?? ''})`);
      expect(chinese.split('\n').slice(0, 6).join('\n')).toContain(`](${path.split('/').at(-1) ?? ''})`);
    });
  },
);
