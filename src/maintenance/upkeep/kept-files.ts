import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** Lists the matching files in descending order of names, without links and folders. A missing folder has no files. */
export async function filesOf(folder: string, names: RegExp): Promise<readonly KeptFile[]> {
  const found: KeptFile[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!names.test(name)) continue;
    const path = join(folder, name);
    const entry = await lstat(path).catch(() => undefined);
    if (entry?.isFile() === true) found.push({ name, path, bytes: entry.size });
  }
  return found.toSorted((a, b) => (a.name < b.name ? 1 : -1));
}

/** Removes all files except the newest `keep` groups of files. Names that sort later are newer. */
export async function keepNewest(
  files: readonly KeptFile[],
  keep: number,
  groupOf: (name: string) => string,
): Promise<readonly KeptFile[]> {
  const kept = new Set([...new Set(files.map(({ name }) => groupOf(name)))].toSorted().slice(-keep));
  const surplus = files.filter(({ name }) => !kept.has(groupOf(name)));
  for (const { path } of surplus) await rm(path, { force: true });
  return surplus;
}
