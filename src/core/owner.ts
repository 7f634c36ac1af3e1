import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whose a file is. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Only root can; for others it is theirs afterwards, as ever. */
export async function giveTo(path: string, { uid, gid }: Owner): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
}

/**
 * A folder for its owner alone (mode 0700). Made by root, it is the server's all the same, who could write nothing to
 * it otherwise. Rejects with what the file system says.
 */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined)
    await giveTo(folder, await stat(dirname(folder)));
  await chmod(folder, 0o700);
}
