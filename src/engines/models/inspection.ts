import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel } from './catalogue.js';
import { sha256Of, sizeOf } from './files.js';
import { readInstalled, readLock } from './manifest.js';
import { folderOf } from './folders.js';
import { packageRoot } from './package.js';
import type { FileReport } from './store-port.js';

export interface ModelInspection {
  readonly model: CatalogueModel;
  /**
   * `missing` means that the model has no folder or npm package. `damaged` means that a file or the manifest is missing
   * or wrong.
   */
  readonly state: 'installed' | 'missing' | 'damaged';
  readonly files: readonly (FileReport & { readonly path: string })[];
  /** Total size of the existing files. */
  readonly bytes: number;
}

/** Reads every byte of a model and writes nothing. Error: `data.not_writable` if the folder cannot be read. */
export async function inspect(
  modelsDirectory: string,
  model: CatalogueModel,
  signal: AbortSignal,
): Promise<ModelInspection> {
  const directory = join(modelsDirectory, folderOf(model));
  const root = model.source.type === 'package' ? packageRoot(model.source.packageName) : undefined;
  if (model.source.type === 'package' && root === undefined) return { model, state: 'missing', files: [], bytes: 0 };
  const installed = root === undefined ? await readInstalled(model, directory) : undefined;
  const lock = root === undefined ? await readLock(modelsDirectory, model.id) : {};
  const files: (FileReport & { readonly path: string })[] = [];
  let bytes = 0;
  for (const file of model.files) {
    const inPackage = model.source.type === 'package' ? model.source.paths[file.name] : undefined;
    const path = root !== undefined && inPackage !== undefined ? join(root, inPackage) : join(directory, file.name);
    const record = installed?.files.find(({ name }) => name === file.name) ?? lock[file.name];
    const expected = { sizeBytes: file.sizeBytes ?? record?.sizeBytes, sha256: file.sha256 ?? record?.sha256 };
    const sizeBytes = await sizeOf(path);
    // Skips a missing file that the server generates at its start, because the npm package does not contain the file.
    if (sizeBytes === undefined && root !== undefined && inPackage === undefined) continue;
    bytes += sizeBytes ?? 0;
    files.push({ name: file.name, path, result: await compare(path, sizeBytes, expected, signal) });
  }
  if (files.every(({ result }) => result === 'missing') && !(await exists(directory)))
    return { model, state: 'missing', files, bytes };
  const whole = files.every(({ result }) => result === 'ok') && (root !== undefined || installed !== undefined);
  return { model, state: whole ? 'installed' : 'damaged', files, bytes };
}

async function compare(
  path: string,
  sizeBytes: number | undefined,
  expected: { readonly sizeBytes: number | undefined; readonly sha256: string | undefined },
  signal: AbortSignal,
): Promise<FileReport['result']> {
  if (sizeBytes === undefined) return 'missing';
  if (expected.sizeBytes !== undefined && expected.sizeBytes !== sizeBytes) return 'wrong size';
  return expected.sha256 === undefined || (await sha256Of(path, signal)) === expected.sha256 ? 'ok' : 'wrong hash';
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
