import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Owner of a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives a file to an owner. Only root can do so. For other users this does nothing and does not fail. */
export async function giveTo(path: string, { uid, gid }: Owner): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
}

/**
 * Makes a folder for its owner only (mode 0700). A new folder gets the owner of its parent folder, because the server
 * could not write to a folder that belongs to root. Rejects with the file system's error.
 */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined)
    await giveTo(folder, await stat(dirname(folder)));
  await chmod(folder, 0o700);
}
