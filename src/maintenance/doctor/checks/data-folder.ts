import { both } from '../../../core/index.js';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
// The index loads the package of the database. The doctor must start even if that package is broken, so the file is
// imported directly.
import { proveWritable } from '../../../platform/store/data-folder.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

/** State of the data folder. */
export interface DataFolderFacts {
  readonly folder: string;
  /** `file`: something other than a folder has that name. */
  readonly state: 'missing' | 'file' | 'folder';
  /** Error code of the operating system, if a trial file could not be written or the folder could not be listed. */
  readonly writeError: string | undefined;
  /** User ids of this process and of the folder's owner; undefined on Windows. */
  readonly ownUid: number | undefined;
  readonly ownerUid: number | undefined;
  /**
   * Entries owned by neither the folder's owner nor root, and entries owned by root in a folder that root does not own.
   */
  readonly foreign: readonly string[];
}

const KNOWN = issues('data', {
  missing: {
    severity: 'note',
    title: both('The data folder is not there yet.', '数据文件夹还不存在。'),
    cause: both(
      'No server has run with it, or the doctor looks at another folder than the server.',
      '服务器还没有用它运行过，或 doctor 看的不是服务器用的文件夹。',
    ),
    remedy: both(
      '`chorus serve` creates it (so does `--fix`); name another with --data or CHORUS_DATA.',
      '`chorus serve` 会创建它（`--fix` 也会）；用 --data 或 CHORUS_DATA 指定别的文件夹。',
    ),
    fixable: true,
  },
  not_folder: {
    severity: 'fault',
    title: both('The data folder is no folder.', '数据文件夹不是文件夹。'),
    cause: both('There is a file of that name, or a part of the path is one.', '有同名文件，或路径中有一段是文件。'),
    remedy: both(
      'Move the file away, or choose another folder with --data.',
      '移走那个文件，或用 --data 换一个文件夹。',
    ),
  },
  not_writable: {
    severity: 'fault',
    title: both('The data folder cannot be written.', '数据文件夹不可写。'),
    cause: both(
      'It belongs to another user, or is mounted read-only. In a container: the volume belongs to root, ' +
        'and the server does not run as root.',
      '它属于别的用户，或以只读方式挂载。在容器里：卷属于 root，而服务器不以 root 运行。',
    ),
    remedy: both(
      'Give it to the user of the server (`chown -R USER FOLDER`; in the container it is 1000), or mount it writable.',
      '把它交给运行服务器的用户（`chown -R 用户 文件夹`；容器里是 1000），或以可写方式挂载。',
    ),
  },
  foreign: {
    severity: 'warning',
    title: both(
      'Parts of the data folder belong to another user than the folder.',
      '数据文件夹里有些东西属于别的用户。',
    ),
    cause: both(
      'A command was run with sudo or as another user, and left files that the server cannot change.',
      '有命令用 sudo 或别的用户运行过，留下了服务器改不了的文件。',
    ),
    remedy: both(
      '`chown -R USER FOLDER` with the owner of the folder; run commands as that user.',
      '用文件夹的所有者执行 `chown -R 用户 文件夹`；以后用那个用户运行命令。',
    ),
  },
});

export function judgeDataFolder(facts: DataFolderFacts): readonly Finding[] {
  const { folder, state, writeError, ownUid, ownerUid, foreign } = facts;
  if (state === 'missing')
    return [
      found(KNOWN.missing, both(`${folder} is not there.`, `没有 ${folder}。`), {
        fix: { type: 'mkdir', path: folder },
      }),
    ];
  if (state === 'file') return [found(KNOWN.not_folder, both(`${folder} is a file.`, `${folder} 是文件。`))];
  const findings: Finding[] = [];
  // A full disk is reported as `disk.full`.
  if (writeError !== undefined && writeError !== 'ENOSPC' && writeError !== 'EDQUOT')
    findings.push(
      found(
        KNOWN.not_writable,
        both(
          `${folder} cannot be written (${writeError})${owners(ownUid, ownerUid, 'en')}.`,
          `${folder} 不可写（${writeError}）${owners(ownUid, ownerUid, 'zh')}。`,
        ),
      ),
    );
  if (foreign.length > 0)
    findings.push(
      found(
        KNOWN.foreign,
        both(
          `${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''} ` +
            `in ${folder} (owner ${ownerUid}).`,
          `${folder}（所有者 ${ownerUid}）里的 ` +
            `${foreign.slice(0, 3).join('、')}${foreign.length > 3 ? ` 等 ${foreign.length} 项` : ''}。`,
        ),
      ),
    );
  return orOk(findings, 'data', folder);
}

function owners(own: number | undefined, owner: number | undefined, language: 'en' | 'zh'): string {
  if (own === undefined || owner === undefined || own === owner) return '';
  return language === 'en'
    ? `; it belongs to user ${owner}, this is user ${own}`
    : `；它属于用户 ${owner}，当前是用户 ${own}`;
}

/** Limit on the entries that are examined, in the folder itself and one level below. */
const LOOK_MAX = 500;

/** Writes and removes one trial file. Never rejects. */
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
  // Every ext4 disk has a folder lost+found that root owns.
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
  about: both('Data folder: there, writable, of one owner', '数据文件夹：存在、可写、属于同一用户'),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ dataDir }) => judgeDataFolder(await dataFolderFacts(dataDir)),
};
