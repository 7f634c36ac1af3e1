import { execFile } from 'node:child_process';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MINUTE_MS, ChorusError } from '../../core/index.js';
import { makeTemporaryFolder } from '../../platform/machine/index.js';
import { nameOf, type Target } from './target.js';

export interface ProductionPackages {
  /** The folder that contains `node_modules`. */
  readonly root: string;
  /** E.g. `node_modules/zod`, `node_modules/a/node_modules/b`. */
  readonly folders: readonly string[];
}

/** npm's own list of the installed packages. */
const installedSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional(), link: z.boolean().optional() }),
  ),
});

/** Leaves out development packages. Error: `bundle.incomplete`. */
export async function productionPackages(root: string): Promise<ProductionPackages> {
  const file = join(root, 'node_modules', '.package-lock.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ChorusError('bundle.incomplete', `${file} cannot be read: this is no installation by npm of its own`, {
      cause: error,
      details: { file },
    });
  });
  const { packages } = installedSchema.parse(JSON.parse(text));
  const folders = Object.entries(packages).flatMap(([path, { dev, devOptional, link }]) =>
    dev === true || devOptional === true || link === true || path === '' ? [] : [path],
  );
  return { root, folders: folders.toSorted() };
}

const NPM_TIMEOUT_MS = 15 * MINUTE_MS;
const MAX_OUTPUT_BYTES = 10_000_000;

/**
 * Fetches the packages for another platform into a new folder that `release` removes. No package script runs, and
 * nothing is compiled. Errors: `bundle.packages_missing`, `bundle.incomplete`; the signal's reason.
 */
export async function fetchPackages(
  root: string,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<{ readonly packages: ProductionPackages; readonly release: () => Promise<void> }> {
  const folder = await makeTemporaryFolder('bundle');
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(root, file), join(folder, file)).catch((error: unknown) => {
        throw new ChorusError(
          'bundle.incomplete',
          `${join(root, file)} is not there; packages of another platform are chosen by it`,
          { cause: error, details: { file } },
        );
      });
    }
    const args = [
      'ci',
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `--os=${target.platform}`,
      `--cpu=${target.arch}`,
      `--libc=${target.libc}`,
    ];
    await npm(args, folder, env, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      const said = lastWords(error);
      throw new ChorusError(
        'bundle.packages_missing',
        `npm could not bring the packages of ${nameOf(target)}: ${said}`,
        { cause: error, details: { platform: nameOf(target), quote: said } },
      );
    });
    return { packages: await productionPackages(folder), release };
  } catch (error) {
    await release();
    throw error;
  }
}

function npm(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      'npm',
      [...args],
      { cwd, env: { ...env }, signal, timeout: NPM_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES },
      (error, _stdout, stderr) => {
        if (error) reject(Object.assign(error, { stderr }));
        else resolve();
      },
    );
  });
}

/** npm's output ends with the path of its log, so the reason is not in the last line. */
function lastWords(error: unknown): string {
  const { stderr = '', message = '' } = error as { readonly stderr?: string; readonly message?: string };
  const lines = stderr
    .split('\n')
    .filter(
      (line) => /^npm (?:error|ERR!)/.test(line) && !/complete log|\.npm\/_logs|^npm (?:error|ERR!)\s*$/.test(line),
    );
  return (
    lines
      .slice(0, 3)
      .join(' ')
      .replaceAll(/npm (?:error|ERR!) ?/g, '') || message
  )
    .slice(0, 300)
    .trim();
}
