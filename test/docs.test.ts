import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERRORS_DOCUMENT, errorsDocument } from '../scripts/errors-doc.js';
import { configurationPage } from '../src/config/index.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it('the generated pages are those of the code: run `npm run docs`', () => {
  expect(readFileSync(ERRORS_DOCUMENT, 'utf8')).toBe(errorsDocument());
  expect(read('docs/configuration.md')).toBe(configurationPage());
});

it('both READMEs have the same sections, commands and links', () => {
  const outline = (text: string) => ({
    sections: text.match(/^##? /gm)?.length,
    commands: text.match(/^(npm|npx) [^#\n]*/gm)?.map((line) => line.trim()),
    links: [...text.matchAll(/\]\(((?:docs|CON|CHANGE)[^)]*)\)/g)].map(([, link]) => link ?? '').toSorted((a, b) => a.localeCompare(b)),
  });
  expect(outline(read('README.zh-CN.md'))).toEqual(outline(read('README.md')));
});

it('every link into the repository leads somewhere', () => {
  for (const page of ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/adr/README.md']) {
    const folder = page.replace(/[^/]*$/, '');
    for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) expect(() => readFileSync(new URL(`../${folder}${link}`, import.meta.url)), `${page}: ${link}`).not.toThrow(/ENOENT/);
  }
});
