import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Only root can give a file away. For other users this does nothing and does not fail. */
export async function giveTo(path: string, { uid, gid }: Owner): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
}

/** Mode 0700. A new folder gets the owner of its parent, because the server cannot write to a folder of root. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined)
    await giveTo(folder, await stat(dirname(folder)));
  await chmod(folder, 0o700);
}
