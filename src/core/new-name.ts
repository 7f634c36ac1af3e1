import { link, open, rename, rm } from 'node:fs/promises';

/** FAT, exFAT and some network file systems have no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Gives a complete file its name without replacing another file. Returns false if another file has the name. The caller
 * removes `from`, which may still exist. Tests replace `linkFile`.
 */
export async function giveNewName(from: string, to: string, linkFile = link): Promise<boolean> {
  try {
    await linkFile(from, to).catch((error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(error.code ?? '')) throw error;
      return renameToReserved(from, to);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function renameToReserved(from: string, to: string): Promise<void> {
  await (await open(to, 'wx', 0o600)).close();
  try {
    await rename(from, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
