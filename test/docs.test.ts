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
    links: [...text.matchAll(/\]\(((?:docs|CON|CHANGE)[^)]*)\)/g)].map(([, link]) => (link ?? '').replace('.zh-CN.md', '.md')).toSorted((a, b) => a.localeCompare(b)),
  });
  expect(outline(read('README.zh-CN.md'))).toEqual(outline(read('README.md')));
});

it.each(['docs/deploy', 'docs/monitor'])('%s says the same in both languages: sections, commands, rows of tables, links', (page) => {
  const outline = (text: string) => ({
    sections: text.match(/^#+ /gm),
    commands: [...text.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block.replace(/ *#.*$/gm, '')),
    rows: text.match(/^\|/gm)?.length,
    links: [...text.matchAll(/\]\(((?!deploy|monitor)[^)#]+)\)/g)].map(([, link = '']) => link.replace('.zh-CN', '')).toSorted((a, b) => a.localeCompare(b)),
  });
  expect(outline(read(`${page}.zh-CN.md`))).toEqual(outline(read(`${page}.md`)));
});

it('every link into the repository leads somewhere', () => {
  for (const page of ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/adr/README.md', 'docs/deploy.md', 'docs/deploy.zh-CN.md']) {
    const folder = page.replace(/[^/]*$/, '');
    for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) expect(() => readFileSync(new URL(`../${folder}${link}`, import.meta.url)), `${page}: ${link}`).not.toThrow(/ENOENT/);
  }
});
