import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The bundle is put next to the packages, because it must find native packages. */
const FOLDER = fileURLToPath(new URL('../../node_modules/.chorus-test', import.meta.url));

/** CommonJS packages load Node's own modules with this `require`. */
const REQUIRE = "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);";

/**
 * A program in a single file, for tests that start it often. It takes half the CPU time of a program in many modules.
 */
export interface OneFileProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/** Bundles the program whose source has this URL. The program must not look for files next to its own. */
export async function oneFileProgram(source: URL): Promise<OneFileProgram> {
  const entry = fileURLToPath(source);
  const name = entry.slice(entry.lastIndexOf('/') + 1).replace(/\.ts$/, '');
  const path = join(FOLDER, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    external: ['pg-native', 'libsql', 'onnxruntime-node', 'sherpa-onnx-node', '@evan/opus'],
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: REQUIRE },
  });
  return { path, remove: () => rm(path, { force: true }) };
}
