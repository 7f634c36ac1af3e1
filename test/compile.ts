import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'vitest/config';
import type { TestProject } from 'vitest/node';
import { COMPILED, FAKE_PROGRAMS } from './compiled.js';

const TEST = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = fileURLToPath(new URL('../src', import.meta.url));
const STARTS_PROCESSES = /childEntry\(import\.meta\.url|\['--import', 'tsx'\]/;

/** Compiles before the tests, and before each run of a watching vitest: a process may run the changed code. */
export async function setup(project: TestProject): Promise<void> {
  // The others inherit this, and the root's is carried out in any case.
  if (!project.isRootProject()) return;
  project.onTestsRerun(compile);
  await compile();
}

/** Compiles what is not there as it is now; another run of tests may use the folder meanwhile. */
async function compile(): Promise<void> {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.(test|d)\.ts$/.test(path),
  );
  const common = {
    outdir: COMPILED,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
    logLevel: 'warning',
  } as const;
  const made = await Promise.all([
    build({ ...common, entryPoints: sources.map((path) => join(SOURCES, path)), outbase: SOURCES }),
    build({ ...common, entryPoints: FAKE_PROGRAMS.map((name) => join(TEST, 'fakes', `${name}.ts`)), outbase: TEST }),
  ]);
  for (const { path, text } of made.flatMap(({ outputFiles }) => outputFiles))
    put(path, text.replaceAll('"../../src/', '"../'));
  // The page of a server that runs from its sources lies in dist/, when it was built.
  try {
    symlinkSync('../dist/console', join(COMPILED, 'console'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whole or not at all: processes of another run may load it. */
function put(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/** A process that sources under test start from an entry beside them runs compiled. */
export const compiledChildren: Plugin = {
  name: 'compiled-children',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(SOURCES) || id.endsWith('.test.ts') || !STARTS_PROCESSES.test(code)) return undefined;
    const compiled = pathToFileURL(join(COMPILED, relative(SOURCES, id).replace(/\.ts$/, '.js'))).href;
    return { code: code.replaceAll('import.meta.url', JSON.stringify(compiled)), map: null };
  },
};
