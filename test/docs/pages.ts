import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reads the repository's documents and parses their parts. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');

const inFolder = (folder: string): string[] =>
  readdirSync(`${ROOT}/${folder}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** Every page for readers, by its path in the repository. */
export const PAGES: readonly string[] = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...inFolder('docs'),
  ...inFolder('docs/adr'),
];

/** Whether the page is for developers of Chorus. Such pages exist only in English, as docs/README.md says. */
export const isEnglishOnly = (path: string): boolean =>
  /^(CONTRIBUTING|CHANGELOG|docs\/architecture|docs\/lifecycle|docs\/admin-api|docs\/adr\/.*)\.md$/.test(path);
export const isChinese = (path: string): boolean => path.endsWith('.zh-CN.md');
export const chineseOf = (path: string): string => path.replace(/\.md$/, '.zh-CN.md');
/** English pages of which there is a Chinese translation. */
export const PAIRED: readonly string[] = PAGES.filter((path) => !isChinese(path) && !isEnglishOnly(path));

export interface Block {
  readonly language: string;
  readonly body: string;
}

const FENCE = /^( *)```([\w-]*)\n([^]*?)^\1```$/gm;

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(FENCE)].map(([, indent = '', language = '', body = '']) => ({
    language,
    body: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

export const withoutBlocks = (text: string): string => text.replaceAll(FENCE, '').replaceAll(/<!--[^]*?-->/g, '');

export interface Heading {
  readonly level: number;
  readonly slug: string;
}

/** The headings of a page, with the anchors that GitHub generates for them. */
export function headingsOf(text: string): Heading[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^(#+) (.*)$/gm)].map(([, marks = '', title = '']) => {
    const plain = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll('`', '')
      .trim();
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return { level: marks.length, slug: before === 0 ? slug : `${slug}-${before}` };
  });
}

/** The targets of all links and images. */
export const linksOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
/** All text in backticks. It may continue on the next line. */
export const codeOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/`((?:[^`\n]|\n(?!\n))+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '));

/** The numbers in the running text. Those in code and links are compared separately. */
export function numbersOf(text: string): string[] {
  const prose = withoutBlocks(text)
    .replaceAll(/`(?:[^`\n]|\n(?!\n))*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\S+/g, '');
  return prose.match(/\d+(?:[.,:]\d+)*/g) ?? [];
}

/** The number of rows of each table, in order. */
export function tablesOf(text: string): number[] {
  return (withoutBlocks(text).match(/(?:^ *\|.*\n)+/gm) ?? []).map((table) => table.trim().split('\n').length);
}

export const hasChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
