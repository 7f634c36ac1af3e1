import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CatalogueModel } from './catalogue.js';
import { sizeOf, writeAtomically } from './files.js';
import type { InstalledModel } from './store-port.js';

const record = z.object({ sizeBytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const files = z.record(z.string(), record);
const manifestSchema = z.object({
  id: z.string(),
  from: z.string(),
  installedAt: z.string(),
  files,
});

/** The files in a model's folder and their origin. Written last, so a download without a manifest is incomplete. */
export type Manifest = z.output<typeof manifestSchema>;
export type FileRecords = z.output<typeof files>;

const MANIFEST = 'manifest.json';
/** Each model has its own file, because several models may be pulled at the same time. */
const lockPath = (modelsDirectory: string, id: string): string => join(modelsDirectory, `${id}.lock.json`);

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeAtomically(join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Returns undefined if the manifest is unreadable or of another model, or if a file is missing or has another size. */
export async function readInstalled(model: CatalogueModel, directory: string): Promise<InstalledModel | undefined> {
  const manifest = manifestSchema.safeParse(await readJson(join(directory, MANIFEST)));
  if (!manifest.success || manifest.data.id !== model.id) return undefined;
  const installed = [];
  for (const { name } of model.files) {
    const record = manifest.data.files[name];
    const path = join(directory, name);
    if (!record || (await sizeOf(path)) !== record.sizeBytes) return undefined;
    installed.push({ name, path, ...record });
  }
  return { model, directory, files: installed };
}

/** Returns undefined if the folder has no readable manifest. */
export async function readOrigin(directory: string): Promise<string | undefined> {
  return manifestSchema.safeParse(await readJson(join(directory, MANIFEST))).data?.from;
}

/** Reads the sizes and hashes that the latest pull recorded, because the catalogue does not state all of them. */
export async function readLock(modelsDirectory: string, id: string): Promise<FileRecords> {
  return files.safeParse(await readJson(lockPath(modelsDirectory, id))).data ?? {};
}

export async function writeLock(modelsDirectory: string, id: string, records: FileRecords): Promise<void> {
  await writeAtomically(lockPath(modelsDirectory, id), `${JSON.stringify(records, undefined, 2)}\n`);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined; // The file is missing or damaged. The schema refuses undefined.
  }
}
