import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { writeArchive, type ArchiveEntry, type WrittenArchive } from './archive.js';
import { installNote, startScript, type NoteFacts } from './notes.js';
import { fetchPackages, productionPackages, type ProductionPackages } from './packages.js';
import { isPruned } from './pruning.js';
import { nameOf, thisTarget, type Target } from './target.js';

export interface BundledModel {
  readonly id: string;
  readonly directory: string;
}

export interface BundleOptions {
  /** Folder of the installation to bundle: package.json, dist/, assets/, node_modules/. */
  readonly root: string;
  /** Undefined means this machine, with the packages installed here. */
  readonly target: Target | undefined;
  readonly models: readonly BundledModel[];
  /** Path of the bundle file, given the name of the folder in the bundle. */
  readonly fileOf: (folder: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Compression level of gzip. The default is 6. */
  readonly level?: number;
  readonly signal: AbortSignal;
  readonly onStep?: (step: { readonly type: 'packages' | 'packing'; readonly what: string }) => void;
}

export interface Bundle extends WrittenArchive, NoteFacts {
  readonly file: string;
  /** True if the packages were fetched for another platform. */
  readonly foreign: boolean;
}

const manifestSchema = z.object({ version: z.string() });
const NEEDED = ['package.json', 'dist', 'assets'] as const;
const WELCOME = [
  'LICENSE',
  'THIRD-PARTY.md',
  'CHANGELOG.md',
  'README.md',
  'README.zh-CN.md',
  'docs',
  'deploy/systemd',
  'deploy/healthcheck.mjs',
] as const;

/**
 * Writes everything but Node into one file, for a machine without internet access. After an error, no file is left.
 * Errors: `bundle.*`, `data.*`; the signal's reason.
 */
export async function makeBundle(options: BundleOptions): Promise<Bundle> {
  const { root, models, env, signal, onStep } = options;
  const here = thisTarget();
  const target = options.target ?? here;
  const foreign = nameOf(target) !== nameOf(here);
  const version = await versionOf(root);
  const folder = `chorus-${version}-${nameOf(target)}`;
  const facts: NoteFacts = { version, platform: nameOf(target), folder, models: models.map(({ id }) => id) };
  const program = await programEntries(root);
  if (foreign) onStep?.({ type: 'packages', what: nameOf(target) });
  const { packages, release } = foreign
    ? await fetchPackages(root, target, env, signal)
    : { packages: await productionPackages(root), release: () => Promise.resolve() };
  try {
    const entries: ArchiveEntry[] = [...program, ...(await packageEntries(packages, target))];
    for (const { id, directory } of models) entries.push(...(await filesBelow(directory, `data/models/${id}`)));
    entries.push(
      { name: 'start.sh', text: startScript(facts), mode: 0o755 },
      { name: 'INSTALL.md', text: installNote(facts) },
    );
    const file = options.fileOf(folder);
    onStep?.({ type: 'packing', what: file });
    const written = await writeArchive(
      file,
      entries.map((entry) => ({ ...entry, name: `${folder}/${entry.name}` })),
      { level: options.level ?? 6, signal },
    );
    return { ...facts, ...written, file, foreign };
  } finally {
    await release();
  }
}

async function versionOf(root: string): Promise<string> {
  const file = join(root, 'package.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ChorusError('bundle.incomplete', `${file} cannot be read`, { cause: error, details: { file } });
  });
  return manifestSchema.parse(JSON.parse(text)).version;
}

async function programEntries(root: string): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (const name of NEEDED) {
    const found = await filesBelow(join(root, name), name);
    if (found.length === 0)
      throw new ChorusError('bundle.incomplete', `${join(root, name)} is not there`, { details: { file: name } });
    entries.push(...found.filter((entry) => !entry.name.endsWith('.map')));
  }
  for (const name of WELCOME) entries.push(...(await filesBelow(join(root, name), name)));
  return entries;
}

async function packageEntries({ root, folders }: ProductionPackages, target: Target): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (const folder of folders) {
    const own = await filesBelow(join(root, folder), folder, (name) => name === 'node_modules');
    entries.push(
      ...own.filter(({ name }) => !isPruned(name.slice('node_modules/'.length), { ...target, espeak: true })),
    );
  }
  return entries;
}

/** Lists the files below a folder, or the file itself, without links. A path that does not exist has no files. */
async function filesBelow(
  path: string,
  name: string,
  without: (name: string) => boolean = () => false,
): Promise<readonly (ArchiveEntry & { readonly from: string })[]> {
  const entry = await lstat(path).catch(() => undefined);
  if (entry?.isFile() === true) return [{ name, from: path, mode: (entry.mode & 0o111) === 0 ? 0o644 : 0o755 }];
  if (entry?.isDirectory() !== true) return [];
  const found: (ArchiveEntry & { readonly from: string })[] = [];
  for (const inner of await readdir(path))
    if (!without(inner)) found.push(...(await filesBelow(join(path, inner), `${name}/${inner}`, without)));
  return found;
}
