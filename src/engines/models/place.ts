import { rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError, type Clock } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';
import { isErrno, diskError } from './files.js';
import { type FileRecords, readInstalled, writeManifest } from './manifest.js';
import type { InstalledModel } from './store-port.js';

/** Must stay free after the installation, because the server's database fails if the disk is full. */
const SPARE_BYTES = 64 * 2 ** 20;

/** Free space for ordinary users, in bytes. */
export async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

export interface SpaceNeed {
  readonly id: string;
  /** Folder of all models, named in the error message. */
  readonly directory: string;
  /** An existing folder on the disk of the models. */
  readonly at: string;
  readonly bytes: number;
  readonly freeBytes: (directory: string) => Promise<number>;
}

/** Rejects with `data.disk_full` if less than `bytes` plus the spare space is free. */
export async function needSpace({ id, directory, at, bytes, freeBytes }: SpaceNeed): Promise<void> {
  const free = await freeBytes(at);
  if (free >= bytes + SPARE_BYTES) return;
  throw new ChorusError(
    'data.disk_full',
    `${id} needs ${megabytes(bytes + SPARE_BYTES)} MB in ${directory}, ${megabytes(free)} MB are free`,
    { details: { folder: directory, neededMb: megabytes(bytes + SPARE_BYTES), freeMb: megabytes(free) } },
  );
}

export interface Placement {
  readonly model: CatalogueModel;
  /** Folder of all models. */
  readonly directory: string;
  /** Folder that contains all of `files`. */
  readonly staging: string;
  readonly files: FileRecords;
  /** Origin of the files, for the manifest. */
  readonly from: string;
  readonly clock: Clock;
}

/** The model becomes visible only when its folder is renamed, and is then complete. */
export async function placeModel({
  model,
  directory,
  staging,
  files,
  from,
  clock,
}: Placement): Promise<InstalledModel> {
  const target = join(directory, model.id);
  const old = `${staging}.old`;
  try {
    await writeManifest(staging, { id: model.id, from, installedAt: new Date(clock.wallMs()).toISOString(), files });
    await rm(old, { recursive: true, force: true });
    await rename(target, old).catch((error: unknown) => {
      if (!(isErrno(error) && error.code === 'ENOENT')) throw error;
    });
    await rename(staging, target);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    throw diskError(error);
  }
  const installed = await readInstalled(model, target);
  if (!installed) throw new ChorusError('model.corrupt', `${model.id} is not complete after its installation`);
  return installed;
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
