import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './pages.js';

const FOLDERS = ['src', 'console', 'bench', 'scripts'];
const CODE = /\.(?:[cm]?ts|tsx|mjs)$/;
const LIST = /(?<=^|\n)(import|export)\s+(?:type\s+)?(?:\w+,\s*)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/g;
const WHOLE = /(?<=^|\n)(?:import|export)\s+(?:type\s+)?\*(?:\s+as\s+\w+)?\s+from\s+'(\.[^']+)'/g;
const LATER = /import\(\s*'(\.[^']+)'\s*\)(?:\)\.(\w+))?/g;

interface Module {
  readonly path: string;
  /** What the module imports. `*` stands for all exports of the other module. */
  readonly imports: readonly { readonly from: string; readonly name: string }[];
  /** Names that the module exports again from other modules. */
  readonly entries: readonly string[];
}

/** Parses the names in braces. A name with `as` differs inside and outside of the module. */
function namesIn(list: string): { readonly inner: string; readonly outer: string }[] {
  return list
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [inner = '', outer = inner] = part.split(/\s+as\s+/);
      return { inner, outer };
    });
}

function read(path: string): Module {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const at = (specifier: string): string => join(dirname(path), specifier).replace(/\.js$/, '.ts');
  const lists = [...text.matchAll(LIST)].map(([, kind, list = '', from = '']) => ({
    kind,
    names: namesIn(list),
    from: at(from),
  }));
  return {
    path,
    imports: [
      ...lists.flatMap(({ names, from }) => names.map(({ inner }) => ({ from, name: inner }))),
      ...[...text.matchAll(WHOLE)].map(([, from = '']) => ({ from: at(from), name: '*' })),
      // With a dynamic import, a module may use any export of the imported module.
      ...[...text.matchAll(LATER)].map(([, from = '', name = '*']) => ({ from: at(from), name })),
    ],
    entries: lists.filter(({ kind }) => kind === 'export').flatMap(({ names }) => names.map(({ outer }) => outer)),
  };
}

const modules = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
)
  .filter((path) => CODE.test(path) && !/\.test\.tsx?$/.test(path))
  .map(read);
const faces = modules.filter(({ path }) => /^src[/\\](?:.+[/\\])?index\.ts$/.test(path));

it('every name in the index.ts of a folder is imported outside of the folder', () => {
  const importers = new Map<string, { readonly path: string; readonly name: string }[]>();
  for (const { path, imports } of modules)
    for (const { from, name } of imports) importers.set(from, [...(importers.get(from) ?? []), { path, name }]);
  const unused = faces.flatMap(({ path, entries }) => {
    const folder = join(dirname(path), '/');
    const outside = (importers.get(path) ?? []).filter((importer) => !importer.path.startsWith(folder));
    const used = new Set(outside.map(({ name }) => name));
    return used.has('*') ? [] : entries.filter((entry) => !used.has(entry)).map((entry) => `${path}: ${entry}`);
  });
  expect(unused, 'a test imports the file itself').toEqual([]);
  expect(faces.flatMap(({ entries }) => entries).length).toBeGreaterThan(300);
});
