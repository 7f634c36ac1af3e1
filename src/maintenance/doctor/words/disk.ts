import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Disk: free space, inodes, what broken-off downloads left',
  issues: {
    full: {
      title: 'The disk of the data folder is full.',
      cause: 'Models, logs, backups or something else have taken it.',
      remedy:
        'Free some space: `chorus models rm ID` for models that nobody needs, ' +
        'old logs and reports in the data folder, `docker system prune`.',
    },
    low: {
      title: 'There is little room on the disk of the data folder.',
      cause:
        'A speech model takes up to 0.5 GB while it is fetched and unpacked; logs and backups grow up to their bounds.',
      remedy: 'Free some space, or put the data folder on a larger disk (--data).',
    },
    inodes: {
      title: 'The disk has no room for more files, although it has space.',
      cause: 'The file system has used up its inodes: there are too many small files.',
      remedy: 'Find the folder with too many files (`du --inodes -x / | sort -n | tail`) and empty it.',
    },
    leftovers: {
      title: 'Downloads or writes that were broken off lie about.',
      cause: 'A download was cut more than a day ago, or the server was killed while it wrote.',
      remedy: '`chorus doctor --fix` removes them; a model is then fetched from its beginning.',
    },
  },
  free: (freeMb: number, totalMb: number, folder: string) => `${freeMb} MB of ${totalMb} MB are free for ${folder}.`,
  inodes: (free: number, total: number) => `${free} of ${total} inodes are free.`,
  leftover: (path: string, mb: number, days: number) =>
    `${path}: ${mb} MB, ${days} ${days === 1 ? 'day' : 'days'} old.`,
};

const zh: typeof en = {
  about: '磁盘：剩余空间、inode、中断的下载留下的残余',
  issues: {
    full: {
      title: '数据文件夹所在的磁盘已满。',
      cause: '被模型、日志、备份或别的东西占满了。',
      remedy:
        '腾出空间：`chorus models rm 编号` 删掉用不到的模型，删数据文件夹里的旧日志和报告，`docker system prune`。',
    },
    low: {
      title: '数据文件夹所在的磁盘空间不多了。',
      cause: '下载并解包一个语音模型最多要 0.5 GB；日志和备份会长到各自的上限。',
      remedy: '腾出空间，或把数据文件夹放到更大的磁盘上（--data）。',
    },
    inodes: {
      title: '磁盘还有空间，但不能再建文件了。',
      cause: '文件系统的 inode 用完了：小文件太多。',
      remedy: '找出文件太多的文件夹（`du --inodes -x / | sort -n | tail`）并清理。',
    },
    leftovers: {
      title: '有中断的下载或写入留下的残余文件。',
      cause: '一天多以前下载中断，或服务器在写文件时被结束。',
      remedy: '`chorus doctor --fix` 会删除它们；之后模型会从头下载。',
    },
  },
  free: (freeMb, totalMb, folder) => `${folder} 还有 ${freeMb} MB（共 ${totalMb} MB）。`,
  inodes: (free, total) => `inode 只剩 ${free}（共 ${total}）。`,
  leftover: (path, mb, days) => `${path}：${mb} MB，${days} 天前。`,
};

export const diskWords = bilingualWords({ en, zh });
