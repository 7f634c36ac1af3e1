import { stat, statfs } from 'node:fs/promises';
import { both } from '../../../core/index.js';
import { findLeftovers } from '../../upkeep/leftovers.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

/** A file that an interrupted write or download left behind. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  readonly ageMs: number;
}

export interface DiskFacts {
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** If both are 0, this file system has no fixed number of inodes. */
  readonly freeInodes: number;
  readonly totalInodes: number;
  readonly leftovers: readonly Leftover[];
}

const MB = 2 ** 20;
/** The database, logs and a backup need room; below this limit writes begin to fail. */
const FULL_BYTES = 100 * MB;
/** Above this limit one model (SenseVoice, 239 MB packed and unpacked) still fits. */
const LOW_BYTES = 1000 * MB;
const INODES_LEAST = 1000;
/** A younger leftover may belong to a download in progress. */
const STALE_MS = 24 * 3_600_000;

const KNOWN = issues('disk', {
  full: {
    severity: 'fault',
    title: both('The disk of the data folder is full.', '数据文件夹所在的磁盘已满。'),
    cause: both('Models, logs, backups or something else have taken it.', '被模型、日志、备份或别的东西占满了。'),
    remedy: both(
      'Free some space: `chorus models rm ID` for models that nobody needs, ' +
        'old logs and reports in the data folder, `docker system prune`.',
      '腾出空间：`chorus models rm 编号` 删掉用不到的模型，删数据文件夹里的旧日志和报告，`docker system prune`。',
    ),
  },
  low: {
    severity: 'warning',
    title: both('There is little room on the disk of the data folder.', '数据文件夹所在的磁盘空间不多了。'),
    cause: both(
      'A speech model takes up to 0.5 GB while it is fetched and unpacked; logs and backups grow up to their bounds.',
      '下载并解包一个语音模型最多要 0.5 GB；日志和备份会长到各自的上限。',
    ),
    remedy: both(
      'Free some space, or put the data folder on a larger disk (--data).',
      '腾出空间，或把数据文件夹放到更大的磁盘上（--data）。',
    ),
  },
  inodes: {
    severity: 'fault',
    title: both('The disk has no room for more files, although it has space.', '磁盘还有空间，但不能再建文件了。'),
    cause: both(
      'The file system has used up its inodes: there are too many small files.',
      '文件系统的 inode 用完了：小文件太多。',
    ),
    remedy: both(
      'Find the folder with too many files (`du --inodes -x / | sort -n | tail`) and empty it.',
      '找出文件太多的文件夹（`du --inodes -x / | sort -n | tail`）并清理。',
    ),
  },
  leftovers: {
    severity: 'warning',
    title: both('Downloads or writes that were broken off lie about.', '有中断的下载或写入留下的残余文件。'),
    cause: both(
      'A download was cut more than a day ago, or the server was killed while it wrote.',
      '一天多以前下载中断，或服务器在写文件时被结束。',
    ),
    remedy: both(
      '`chorus doctor --fix` removes them; a model is then fetched from its beginning.',
      '`chorus doctor --fix` 会删除它们；之后模型会从头下载。',
    ),
    fixable: true,
  },
});

export function judgeDisk({
  folder,
  freeBytes,
  totalBytes,
  freeInodes,
  totalInodes,
  leftovers,
}: DiskFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const free = both(
    `${inMb(freeBytes)} MB of ${inMb(totalBytes)} MB are free for ${folder}.`,
    `${folder} 还有 ${inMb(freeBytes)} MB（共 ${inMb(totalBytes)} MB）。`,
  );
  if (freeBytes < FULL_BYTES) findings.push(found(KNOWN.full, free));
  else if (freeBytes < LOW_BYTES) findings.push(found(KNOWN.low, free));
  if (totalInodes > 0 && freeInodes < INODES_LEAST)
    findings.push(
      found(
        KNOWN.inodes,
        both(`${freeInodes} of ${totalInodes} inodes are free.`, `inode 只剩 ${freeInodes}（共 ${totalInodes}）。`),
      ),
    );
  for (const { path, bytes, ageMs } of leftovers) {
    if (ageMs < STALE_MS) continue;
    const days = Math.floor(ageMs / STALE_MS);
    findings.push(
      found(
        KNOWN.leftovers,
        both(
          `${path}: ${inMb(bytes)} MB, ${days} ${days === 1 ? 'day' : 'days'} old.`,
          `${path}：${inMb(bytes)} MB，${days} 天前。`,
        ),
        { fix: { type: 'remove', path } },
      ),
    );
  }
  return orOk(findings, 'disk', free);
}

const inMb = (bytes: number): number => Math.round(bytes / MB);

/** Reads the free space, and finds the leftovers that `chorus upkeep` removes as well: names that only Chorus gives. */
export async function diskFacts(folder: string, wallMs: number): Promise<DiskFacts> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(folder);
  const leftovers = await findLeftovers({
    dataDir: folder,
    temporaryDir: undefined,
    olderThanMs: STALE_MS,
    wallMs,
    uid: undefined,
  });
  return {
    folder,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: ffree,
    totalInodes: files,
    leftovers: leftovers.map(({ path, bytes, changedMs }) => ({ path, bytes, ageMs: wallMs - changedMs })),
  };
}

export const diskCheck: Check = {
  id: 'disk',
  about: both(
    'Disk: free space, inodes, what broken-off downloads left',
    '磁盘：剩余空间、inode、中断的下载留下的残余',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, clock }) {
    if ((await stat(dataDir).catch(() => undefined))?.isDirectory() !== true) return [];
    return judgeDisk(await diskFacts(dataDir, clock.wallMs()));
  },
};
