import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { asChorusError, ChorusError } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';
import type { GeneratedFile } from './known/entry.js';
import { sizeOf, diskError, writeAtomically } from './files.js';
import type { InstalledFile, InstalledModel } from './store-port.js';

/** Finds a model in its npm package, and writes generated files once. Undefined if the package or a file is missing. */
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
    const generated = source.generated?.[name];
    const inPackage = generated ? generated.from : source.paths[name];
    if (inPackage !== undefined && (await sizeOf(join(root, inPackage))) === undefined) return undefined;
    const path = generated || inPackage === undefined ? join(directory, name) : join(root, inPackage);
    const file = { path, sizeBytes, sha256 };
    files.push({ name, ...(generated ? await generatedOrPublished(generated, root, file) : file) });
  }
  return { model, directory, files };
}

/** Searches by path, because not every package exports its `package.json`. Returns undefined if not installed. */
export function packageRoot(name: string): string | undefined {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const root = join(folder, name);
    try {
      createRequire(import.meta.url).resolve(join(root, 'package.json'));
      return root;
    } catch {
      continue; // The node_modules of a parent folder may have it.
    }
  }
  return undefined;
}

type LocatedFile = Omit<InstalledFile, 'name'>;

/** If the file cannot be written, the published file in the package is used, if there is one. */
async function generatedOrPublished(file: GeneratedFile, root: string, wanted: LocatedFile): Promise<LocatedFile> {
  try {
    await generate(file, root, wanted);
    return wanted;
  } catch (error) {
    if (file.from === undefined || asChorusError(error).code === 'model.corrupt') throw error;
    return { path: join(root, file.from), ...file.published };
  }
}

/** An existing file is recognised by its size. The engine checks the hash when it loads the file. */
async function generate(file: GeneratedFile, root: string, { path, sizeBytes, sha256 }: LocatedFile): Promise<void> {
  if ((await sizeOf(path)) === sizeBytes) return;
  const content = await make(file, root);
  if (createHash('sha256').update(content).digest('hex') !== sha256)
    throw new ChorusError('model.corrupt', `${basename(path)}, made for Moonshine, is not the one of the catalogue`);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw diskError(error);
  });
  await writeAtomically(path, content);
}

/** Loaded on demand, because the vocabulary and the graph code take a few megabytes of memory. */
async function make(file: GeneratedFile, root: string): Promise<string | Uint8Array> {
  if (file.from === undefined) return (await import('./moonshine-tokens.js')).moonshineTokens();
  const { moonshineDecoder } = await import('./moonshine-decoder.js');
  return moonshineDecoder(await readFile(join(root, file.from)));
}
