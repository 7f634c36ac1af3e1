import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin as Bundling } from 'esbuild';
import type { Plugin } from 'vitest/config';
import type { TestProject } from 'vitest/node';
import { buildConsole } from '../scripts/console-build.mjs';
import { COMPILED, FAKE_PROGRAMS, PROGRAMS } from './compiled.js';

const TEST = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = fileURLToPath(new URL('../src', import.meta.url));
const STARTS_PROCESSES = /childEntry\(import\.meta\.url|\['--import', 'tsx'\]/;
const SHARED = join(PROGRAMS, 'shared');
const IS_PROGRAM = /(?:^cli\/chorus|-child|\/worker-main)\.ts$/;

/** Compiles the sources before the tests, and again before each rerun in watch mode. */
export async function setup(project: TestProject): Promise<void> {
  // vitest's other projects inherit this hook, but it must run only once.
  if (!project.isRootProject()) return;
  project.onTestsRerun(compile);
  await compile();
}

/** Compiles all sources. Writes only what has changed, because another test run may be using the same folder. */
async function compile(): Promise<void> {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path),
  );
  const common = {
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'warning',
  } as const;
  const single = { ...common, outdir: COMPILED, sourcemap: 'inline' } as const;
  const inSources = (path: string): string => join(SOURCES, path);
  const made = await Promise.all([
    build({ ...single, entryPoints: sources.map(inSources), outbase: SOURCES }),
    build({ ...single, entryPoints: FAKE_PROGRAMS.map((name) => join(TEST, 'fakes', `${name}.ts`)), outbase: TEST }),
    build({
      ...common,
      entryPoints: sources.filter((path) => IS_PROGRAM.test(path)).map(inSources),
      outbase: SOURCES,
      outdir: PROGRAMS,
      bundle: true,
      splitting: true,
      banner: { js: WITH_REQUIRE },
      chunkNames: 'shared/[name]-[hash]',
      sourcemap: 'linked',
      plugins: [placedAsAlone, onlySomePackages],
    }),
  ]);
  for (const { path, text } of made.flatMap(({ outputFiles }) => outputFiles))
    put(path, text.replaceAll('"../../src/', '"../'));
  removeOld(new Set(made.flatMap(({ outputFiles }) => outputFiles.map(({ path }) => path))));
  // The page is built once here, because many servers serve it in the tests.
  await buildConsole(fileURLToPath(new URL('../dist/console/', import.meta.url)));
  // A server that runs from its sources looks for the page in dist/.
  try {
    symlinkSync('../dist/console', join(COMPILED, 'console'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes old bundles after an hour. Until then, another test run may still use them. */
function removeOld(made: ReadonlySet<string>): void {
  for (const name of readdirSync(SHARED)) {
    const file = join(SHARED, name);
    if (!made.has(file) && Date.now() - statSync(file).mtimeMs > 3_600_000) rmSync(file, { force: true });
  }
}

/** Makes bundled code look for its files next to its own compiled file, and not next to the bundle. */
const placedAsAlone: Bundling = {
  name: 'placed-as-alone',
  setup(bundling) {
    bundling.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      return { contents: code.replaceAll('import.meta.url', JSON.stringify(programUrl(path))), loader: 'ts' };
    });
  },
};

/** CommonJS packages load Node's modules with `require`, which a bundle of ES modules does not have. */
const WITH_REQUIRE = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;

/**
 * Packages of many files, which nearly every program loads. They are bundled, because reading their files one by one
 * would take a third of a program's start.
 */
const BUNDLED = /^(?:@ai-sdk\/openai-compatible|commander|fastify|kysely|ws|yaml|zod)(?:\/|$)/;

/** All other packages are not bundled: they are small, or look for files next to their own. */
const onlySomePackages: Bundling = {
  name: 'only-some-packages',
  setup(bundling) {
    bundling.onResolve({ filter: /^[^./]/ }, ({ path, importer }) =>
      importer.startsWith(SOURCES) && !BUNDLED.test(path) ? { path, external: true } : undefined,
    );
  },
};

const programUrl = (source: string): string =>
  pathToFileURL(join(PROGRAMS, relative(SOURCES, source).replace(/\.ts$/, '.js'))).href;

/** Writes the file completely or not at all, because processes of another test run may load it. */
function put(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/** Makes tested sources start their child processes from compiled files. */
export const compiledChildren: Plugin = {
  name: 'compiled-children',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(SOURCES) || id.endsWith('.test.ts') || !STARTS_PROCESSES.test(code)) return undefined;
    return { code: code.replaceAll('import.meta.url', JSON.stringify(programUrl(id))), map: null };
  },
};
