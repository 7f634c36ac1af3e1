import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './pages.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => /^\| (?!room|to (?:add|change))/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
const quoted = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

const [ROOM_TABLE = '', DECISIONS = ''] = read('src/README.md').split('\n## ');
const ROOMS = rows(ROOM_TABLE);
/** The import rules, from which the order of the folders is read. */
const { forbidden } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
  forbidden: readonly { readonly name: string }[];
};

describe('src/README.md', () => {
  it('has a row for each folder, and no other row', () => {
    const described = ROOMS.flatMap(([room]) => quoted(room)).map((name) => name.replace(/\/$/, ''));
    const rooms = readdirSync(join(ROOT, 'src')).filter((name) => name !== 'README.md');
    expect(described.toSorted()).toEqual(rooms.toSorted());
  });

  it('names existing sub-folders', () => {
    for (const [room = '', owns = ''] of ROOMS) {
      const base = quoted(room).at(-1) ?? '';
      for (const folder of quoted(owns).filter((name) => name.endsWith('/')))
        expect(existsSync(join(ROOT, 'src', base, folder)), `src/${base}${folder}`).toBe(true);
    }
  });

  it('has the same order as the import rules', () => {
    const order = ROOMS.flatMap(([room]) => quoted(room)).map((name) => name.replace(/\/$|\.ts$/g, ''));
    const ruled = forbidden.flatMap(({ name }) => /^(.+)-imports-only-rooms-below$/.exec(name)?.[1] ?? []);
    expect(order.slice(1)).toEqual(ruled);
  });
});

describe('the tables "to add X, touch Y" and "to change X, look here"', () => {
  const contributing = read('CONTRIBUTING.md').split('## To add X, touch Y')[1]?.split('\n## ')[0] ?? '';
  const named = [...ROOMS.map(([, , start]) => start), ...rows(contributing + DECISIONS).map(([, files]) => files)]
    .flatMap(quoted)
    .filter((name) => name.includes('/'));

  it.each([...new Set(named)])('%s exists', (name) => {
    // `src/x/<name>/` stands for any of several folders.
    const path = name.replace(/<.*$/, '').replace(/\*.*$/, '');
    const places = [path, `src/${path}`];
    expect(
      places.some((place) => existsSync(join(ROOT, place))),
      name,
    ).toBe(true);
  });
});
