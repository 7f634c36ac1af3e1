import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALIASES, configJsonSchema, loadConfig } from '../../src/config/index.js';
import { ERROR_TABLE, METRICS } from '../../src/core/index.js';
import { CATALOGUE } from '../../src/engines/models/catalogue.js';
import { blocksOf, codeOf, PAGES, read, ROOT } from './pages.js';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: unknown;
}

/** Keys and sections of the configuration, with dots. */
function keysOf(shape: Shape, prefix = ''): string[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, member]) => [
    `${prefix}${name}`,
    ...keysOf(member, `${prefix}${name}.`),
  ]);
}
const KEYS: ReadonlySet<string> = new Set(keysOf(configJsonSchema()));
const SECTIONS = new Set([...KEYS].filter((key) => key.includes('.')).map((key) => key.split('.')[0] ?? ''));
const FAMILIES = new Set(Object.keys(ERROR_TABLE).map((code) => code.split('.')[0] ?? ''));
/** Names with a dot that are neither keys nor error codes. Most are files. */
const OTHER = [
  /^(?:config|chorus|server|store|backup|vad|log|firmware|doctor|upkeep)\.(?:ya?ml|json|lock|db|log|ts|env)$/,
  /^(?:config|chorus|server|store|backup|vad|log|firmware|doctor|upkeep)\.(?:schema\.json|service|bin|tar\.gz|sql)$/,
  /^(?:config\.\d{8}_\d{6}\.yaml|details\.\w+|memory\.enable_memory_arena_shrinkage|core\/.*)$/,
];

/** Names on the pages that `isKnown` does not know, each with its page. */
const unknownIn = (
  pages: readonly string[],
  namesOf: (text: string) => readonly string[],
  isKnown: (name: string) => boolean,
): string[] =>
  pages.flatMap((page) =>
    [...new Set(namesOf(read(page)))].filter((name) => !isKnown(name)).map((name) => `${page}: ${name}`),
  );

it('keys of the configuration and error codes that the pages name exist', () => {
  const namesOf = (text: string) =>
    codeOf(text).flatMap(
      (code) => code.match(/(?<![\w./@-])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+(?:\.\*)?(?![\w/-])/g) ?? [],
    );
  const isKnown = (name: string): boolean => {
    const [first = ''] = name.split('.');
    if (!SECTIONS.has(first) && !FAMILIES.has(first)) return true;
    const plain = name.replace(/\.\*$/, '');
    const isMapEntry = plain.startsWith('asr.corrections.') || plain.startsWith('pacing.boards.');
    return (
      KEYS.has(plain) ||
      ALIASES.has(plain) ||
      plain in ERROR_TABLE ||
      OTHER.some((pattern) => pattern.test(plain)) ||
      isMapEntry
    );
  };
  // Three pages may name other keys: the changelog (former keys), the doctor's page (its findings), and moving-over
  // (the other server's keys).
  expect(
    unknownIn(
      PAGES.filter((page) => !/^(?:CHANGELOG|docs\/doctor|docs\/moving-over)\./.test(page)),
      namesOf,
      isKnown,
    ),
  ).toEqual([]);
});

it('variables CHORUS_… that the pages name are keys', () => {
  /** Variables that are read by other code, and placeholders that stand for several variables. */
  const others = new Set([
    'CHORUS_DATA',
    'CHORUS_CONFIG',
    'CHORUS_REQUIRE',
    'CHORUS_FUZZ_SECONDS',
    'CHORUS_MANDARIN',
    'CHORUS_ADMIN_PASSWORD',
    'CHORUS_SECTION__KEY',
  ]);
  const isKnown = (name: string): boolean =>
    others.has(name) || KEYS.has(name.slice('CHORUS_'.length).toLowerCase().replaceAll('__', '.'));
  expect(unknownIn(PAGES, (text) => text.match(/\bCHORUS_[A-Z0-9_]*[A-Z0-9]/g) ?? [], isKnown)).toEqual([]);
});

it('metrics that the pages name exist', () => {
  const isKnown = (name: string): boolean =>
    name in METRICS || name.replace(/_(?:sum|count|bucket)$/, '') in METRICS || name === 'chorus_session';
  expect(unknownIn(PAGES, (text) => text.match(/\bchorus_[a-z_]*[a-z]/g) ?? [], isKnown)).toEqual([]);
});

it('the examples of config.yaml are valid', async () => {
  const examples = PAGES.flatMap((page) =>
    blocksOf(read(page))
      .filter(({ language, body }) => language === 'yaml' && body.startsWith('# config.yaml'))
      .map(({ body }) => ({ page, body })),
  );
  expect(examples.length).toBeGreaterThan(3);
  const folder = await mkdtemp(join(tmpdir(), 'chorus-examples-'));
  const wrong: unknown[] = [];
  for (const { page, body } of examples) {
    await writeFile(join(folder, 'config.yaml'), body.replaceAll(/file:\S+/g, 'a-key'));
    const loaded = await loadConfig({ dataDir: folder, env: {} });
    if (!loaded.ok) wrong.push(page, loaded.mistakes);
  }
  await rm(folder, { recursive: true });
  expect(wrong).toEqual([]);
});

it.each(['docs/models.md', 'docs/models.zh-CN.md'])('%s: its table of recognition models matches the code', (page) => {
  const text = read(page);
  for (const { id, hidden, downloadBytes, kind } of CATALOGUE) {
    if (hidden === true || kind === 'vad') continue;
    // The models that detect the end of a turn have a section of their own.
    if (kind === 'turn') {
      expect(text).toContain(`\`${id}\``);
      continue;
    }
    const row = text.split('\n').find((line) => line.includes(`\`${id}\``) && line.startsWith('|')) ?? '';
    expect(row, id).not.toBe('');
    if (downloadBytes > 0) expect(row, id).toContain(`${Math.round(downloadBytes / 1e6)} MB`);
  }
});

it.each(['docs/install.md', 'docs/install.zh-CN.md'])(
  '%s: the table of processors matches package-lock.json',
  (page) => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, unknown>>;
    };
    const named = [...read(page).matchAll(/`((?:@libsql\/|sherpa-onnx-)(?:linux|darwin|win32|win)-[a-z0-9-]+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(packages[`node_modules/${name}`], name).toBeDefined();
    // Whether the file is in the npm package, as the table's column "In the package" says.
    const inPackage = (path: string): boolean => existsSync(join(ROOT, 'node_modules', path));
    expect(
      ['linux/x64', 'linux/arm64', 'darwin/arm64', 'darwin/x64', 'win32/x64'].map((platform) =>
        inPackage(`onnxruntime-node/bin/napi-v6/${platform}`),
      ),
    ).toEqual([true, true, true, false, true]);
    expect(
      ['x64-linux', 'arm64-linux', 'arm64-darwin', 'x64-darwin', 'x64-win32'].map((platform) =>
        inPackage(`@evan/opus/node/${platform}.node`),
      ),
    ).toEqual([true, true, true, true, true]);
  },
);
