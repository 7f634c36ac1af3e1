import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { proveWritable } from '../../../platform/machine/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { dataFolderWords } from '../words/data-folder.js';

export interface DataFolderFacts {
  readonly folder: string;
  /** `file` means that the path, or the path of a parent, is something other than a folder. */
  readonly state: 'missing' | 'file' | 'folder';
  /** Error code of the operating system if the folder cannot be examined, listed or written. */
  readonly writeError: string | undefined;
  /** User id of this process. Undefined on Windows. */
  readonly ownUid: number | undefined;
  /** User id of the folder's owner. Undefined on Windows, or if there is no folder. */
  readonly ownerUid: number | undefined;
  /** Entries that do not belong to the folder's owner, but for example to root. */
  readonly foreign: readonly string[];
}

const KNOWN = issues('data', dataFolderWords.issues, {
  missing: { severity: 'note', fixable: true },
  not_folder: 'fault',
  not_writable: 'fault',
  foreign: 'warning',
});

export function judgeDataFolder(facts: DataFolderFacts): readonly Finding[] {
  const { folder, state, writeError, ownUid, ownerUid, foreign } = facts;
  if (state === 'missing')
    return [
      found(KNOWN.missing, dataFolderWords.missing(folder), {
        fix: { type: 'mkdir', path: folder },
      }),
    ];
  if (state === 'file') return [found(KNOWN.not_folder, dataFolderWords.isFile(folder))];
  const findings: Finding[] = [];
  // A full disk is left out, because the check of the disk reports it. That check sees no user's quota.
  if (writeError !== undefined && writeError !== 'ENOSPC')
    findings.push(
      found(
        KNOWN.not_writable,
        ownUid === undefined || ownerUid === undefined || ownUid === ownerUid
          ? dataFolderWords.notWritable(folder, writeError)
          : dataFolderWords.ofAnother(folder, writeError, ownerUid, ownUid),
      ),
    );
  if (foreign.length > 0)
    findings.push(found(KNOWN.foreign, dataFolderWords.foreign(folder, ownerUid, foreign.slice(0, 3), foreign.length)));
  return orOk(findings, 'data', folder);
}

const LOOK_MAX = 500;

/** Writes and removes a trial file. Never rejects. */
export async function dataFolderFacts(folder: string): Promise<DataFolderFacts> {
  const ownUid = process.getuid?.();
  const nothing = { folder, ownUid, ownerUid: undefined, writeError: undefined, foreign: [] };
  const seen = await stat(folder).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown');
  if (typeof seen === 'string') {
    if (seen === 'ENOENT') return { ...nothing, state: 'missing' };
    return { ...nothing, state: seen === 'ENOTDIR' ? 'file' : 'folder', writeError: seen };
  }
  if (!seen.isDirectory()) return { ...nothing, state: 'file' };
  const windows = process.platform === 'win32';
  return {
    folder,
    state: 'folder',
    ownUid,
    ownerUid: windows ? undefined : seen.uid,
    writeError: await tryToWrite(folder),
    foreign: windows ? [] : await foreignEntries(folder, seen.uid),
  };
}

async function tryToWrite(folder: string): Promise<string | undefined> {
  try {
    await readdir(folder);
    await proveWritable(folder);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

async function foreignEntries(folder: string, ownerUid: number): Promise<readonly string[]> {
  // The folder lost+found is left out, because it belongs to root on every ext4 disk.
  const names = (await readdir(folder).catch(() => [])).filter((name) => name !== 'lost+found').slice(0, LOOK_MAX);
  const below = await Promise.all(
    names.map(async (name) => [
      name,
      ...(await readdir(join(folder, name)).catch(() => [])).map((inner) => join(name, inner)),
    ]),
  );
  const foreign: string[] = [];
  for (const name of below.flat().slice(0, LOOK_MAX)) {
    const uid = (await stat(join(folder, name)).catch(() => undefined))?.uid;
    if (uid !== undefined && uid !== ownerUid) foreign.push(name);
  }
  return foreign;
}

export const dataFolderCheck: Check = {
  id: 'data',
  about: dataFolderWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir }) => judgeDataFolder(await dataFolderFacts(dataDir)),
};
