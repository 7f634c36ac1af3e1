import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Owner of a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives a file to an owner. Only root can do so; for other users the file stays their own, and nothing fails. */
export async function giveTo(path: string, { uid, gid }: Owner): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
}

/**
 * Makes a folder for its owner alone (mode 0700). A new one gets the owner of its parent folder: if root kept it, the
 * server could not write to it. Rejects with the file system's error.
 */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined)
    await giveTo(folder, await stat(dirname(folder)));
  await chmod(folder, 0o700);
}
