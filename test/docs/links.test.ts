import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { chineseOf, headingsOf, isChinese, linksOf, PAGES, PAIRED, read, ROOT } from './pages.js';

const isOutside = (link: string): boolean => /^(https?:|mailto:)/.test(link);

it.each(PAGES)('every link of %s has a target, in its own language', (page) => {
  const wrong: string[] = [];
  for (const link of linksOf(read(page)).filter((target) => !isOutside(target))) {
    const [file = '', anchor] = link.split('#');
    const path = file === '' ? page : normalize(join(dirname(page), file));
    if (!existsSync(`${ROOT}/${path}`)) wrong.push(`${link}: no such file`);
    else if (
      anchor !== undefined &&
      !statSync(`${ROOT}/${path}`).isDirectory() &&
      !headingsOf(read(path)).some(({ slug }) => slug === decodeURIComponent(anchor))
    )
      wrong.push(`${link}: no such heading`);
    // Each page links to its translation at the top.
    const other = isChinese(page) ? page.replace('.zh-CN', '') : chineseOf(page);
    if (isChinese(page) && PAIRED.includes(path) && path !== other) wrong.push(`${link}: there is a Chinese page`);
    if (!isChinese(page) && isChinese(path) && path !== other) wrong.push(`${link}: leads to the Chinese page`);
  }
  expect(wrong).toEqual([]);
});

it('every page is linked from the index of its language', () => {
  for (const [index, pages] of [
    ['docs/README.md', PAIRED],
    ['docs/README.zh-CN.md', PAIRED.map(chineseOf)],
  ] as const) {
    const linked = new Set(linksOf(read(index)).map((link) => normalize(join('docs', link.replace(/#.*$/, '')))));
    expect(
      pages.filter((path) => path !== index && !linked.has(path)),
      index,
    ).toEqual([]);
  }
});
