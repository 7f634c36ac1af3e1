import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ChorusError } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';
import { sizeOf, storeError, writeAtomically } from './files.js';
import type { InstalledFile, InstalledModel } from './store-port.js';

/**
 * A model whose files are in an npm package. They stay there. Files that the package lacks (Moonshine's tokens) are
 * written into `directory` once. Undefined when the package or a file of it is missing.
 */
export async function locatePackageModel(
  model: CatalogueModel,
  directory: string,
): Promise<InstalledModel | undefined> {
  const { source } = model;
  if (source.type !== 'package') return undefined;
  const root = packageRoot(source.packageName);
  if (root === undefined) return undefined;
  const files: InstalledFile[] = [];
  for (const { name, sizeBytes, sha256 } of model.files) {
    if (sizeBytes === undefined || sha256 === undefined)
      throw new ChorusError('internal', `${model.id}: the catalogue has no hash of ${name}`);
    const inPackage = source.paths[name];
    const path = inPackage === undefined ? join(directory, name) : join(root, inPackage);
    if (inPackage === undefined) await generate(path, sizeBytes, sha256);
    else if ((await sizeOf(path)) === undefined) return undefined;
    files.push({ name, path, sizeBytes, sha256 });
  }
  return { model, directory, files };
}

/**
 * Folder of an installed npm package; undefined: it is not installed. Found through its folder: not every package
 * exports its `package.json`.
 */
export function packageRoot(name: string): string | undefined {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const root = join(folder, name);
    try {
      createRequire(import.meta.url).resolve(join(root, 'package.json'));
      return root;
    } catch {
      continue; // Not in this node_modules; the next one up may have it.
    }
  }
  return undefined;
}

/**
 * Writes Moonshine's tokens, unless they are there: the size suffices to recognise them, and the engine checks the
 * hash.
 */
async function generate(path: string, sizeBytes: number, sha256: string): Promise<void> {
  if ((await sizeOf(path)) === sizeBytes) return;
  // The vocabulary takes a few megabytes of memory: loaded only for this.
  const { moonshineTokens } = await import('./moonshine-tokens.js');
  const text = moonshineTokens();
  if (createHash('sha256').update(text).digest('hex') !== sha256)
    throw new ChorusError('model.corrupt', 'the tokens made for Moonshine are not those of the catalogue');
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw storeError(error);
  });
  await writeAtomically(path, text);
}
