import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Data folder: there, writable, of one owner',
  issues: {
    missing: {
      title: 'The data folder is not there yet.',
      cause: 'No server has run with it, or the doctor looks at another folder than the server.',
      remedy: '`chorus serve` creates it (so does `--fix`); name another with --data or CHORUS_DATA.',
    },
    not_folder: {
      title: 'The data folder is no folder.',
      cause: 'There is a file of that name, or a part of the path is one.',
      remedy: 'Move the file away, or choose another folder with --data.',
    },
    not_writable: {
      title: 'The data folder cannot be written.',
      cause:
        'It belongs to another user, is mounted read-only, or the quota of its user is used up (EDQUOT). ' +
        'In a container: the volume belongs to root, and the server does not run as root.',
      remedy:
        'Give it to the user of the server (`chown -R USER FOLDER`; in the container it is 1000), ' +
        'mount it writable, or raise the quota.',
    },
    foreign: {
      title: 'Parts of the data folder belong to another user than the folder.',
      cause: 'A command was run with sudo or as another user, and left files that the server cannot change.',
      remedy: '`chown -R USER FOLDER` with the owner of the folder; run commands as that user.',
    },
  },
  missing: (folder: string) => `${folder} is not there.`,
  isFile: (folder: string) => `${folder} is a file.`,
  notWritable: (folder: string, code: string) => `${folder} cannot be written (${code}).`,
  ofAnother: (folder: string, code: string, owner: number, own: number) =>
    `${folder} cannot be written (${code}); it belongs to user ${owner}, this is user ${own}.`,
  foreign: (folder: string, owner: number | undefined, first: readonly string[], count: number) =>
    `${first.join(', ')}${count > first.length ? ` and ${count - first.length} more` : ''} ` +
    `in ${folder} (owner ${owner}).`,
};

const zh: typeof en = {
  about: '数据文件夹：存在、可写、属于同一用户',
  issues: {
    missing: {
      title: '数据文件夹还不存在。',
      cause: '服务器还没有用它运行过，或 doctor 看的不是服务器用的文件夹。',
      remedy: '`chorus serve` 会创建它（`--fix` 也会）；用 --data 或 CHORUS_DATA 指定别的文件夹。',
    },
    not_folder: {
      title: '数据文件夹不是文件夹。',
      cause: '有同名文件，或路径中有一段是文件。',
      remedy: '移走那个文件，或用 --data 换一个文件夹。',
    },
    not_writable: {
      title: '数据文件夹不可写。',
      cause:
        '它属于别的用户、以只读方式挂载，或它的用户的磁盘配额用完了（EDQUOT）。在容器里：卷属于 root，而服务器不以 root 运行。',
      remedy: '把它交给运行服务器的用户（`chown -R 用户 文件夹`；容器里是 1000）、以可写方式挂载，或调高配额。',
    },
    foreign: {
      title: '数据文件夹里有些东西属于别的用户。',
      cause: '有命令用 sudo 或别的用户运行过，留下了服务器改不了的文件。',
      remedy: '用文件夹的所有者执行 `chown -R 用户 文件夹`；以后用那个用户运行命令。',
    },
  },
  missing: (folder) => `没有 ${folder}。`,
  isFile: (folder) => `${folder} 是文件。`,
  notWritable: (folder, code) => `${folder} 不可写（${code}）。`,
  ofAnother: (folder, code, owner, own) => `${folder} 不可写（${code}）；它属于用户 ${owner}，当前是用户 ${own}。`,
  foreign: (folder, owner, first, count) =>
    `${folder}（所有者 ${owner}）里的 ${first.join('、')}${count > first.length ? ` 等 ${count} 项` : ''}。`,
};

export const dataFolderWords = bilingualWords({ en, zh });
