import type { Bilingual } from '../../core/index.js';
import type { TaskOutcome, UpkeepTaskName } from './upkeep-port.js';

/** The reason why a task was not done. */
export type SkipReason = keyof typeof SKIPPED;

const SKIPPED = {
  talking: { en: 'Left for later: somebody talks.', zh: '有人在说话，留到以后。' },
  no_server: { en: 'Not done: that needs a running server.', zh: '没有做：这需要正在运行的服务器。' },
  no_log: { en: 'There is no log file (log.file).', zh: '没有日志文件（log.file）。' },
  no_config: {
    en: 'There is no configuration file; the defaults are in force.',
    zh: '没有配置文件，使用的是默认配置。',
  },
  off: { en: 'Switched off in the configuration.', zh: '配置里已关闭。' },
  dry: { en: 'Would be done.', zh: '会执行。' },
} as const satisfies Record<string, Bilingual>;

export function skipped(reason: SkipReason): TaskOutcome {
  return { outcome: 'skipped', said: SKIPPED[reason] };
}

/** Title of each task, for lists. */
export const TASK_TITLES: Readonly<Record<UpkeepTaskName, Bilingual>> = {
  leftovers: { en: 'leftovers of killed processes', zh: '清理残留文件' },
  logs: { en: 'size of the log', zh: '日志大小' },
  config_backup: { en: 'copy of the configuration', zh: '备份配置' },
  store_check: { en: 'check of the database', zh: '检查数据库' },
  store_backup: { en: 'copy of the database', zh: '备份数据库' },
  history: { en: 'turns that are kept', zh: '清理历史' },
  store_vacuum: { en: 'tidying of the database', zh: '整理数据库' },
  memory: { en: 'growth of memory', zh: '内存增长' },
  performance: { en: 'performance check', zh: '性能检查' },
};

const files = (count: number): string => (count === 1 ? '1 file or folder' : `${count} files or folders`);

/** Formats a size for people. */
export function inMegabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
}

/** Reports of the tasks, in both languages. */
export const TASK_WORDS = {
  /** The message is English. In Chinese the code takes its place (docs/errors.md), and the log has the details. */
  failed: (message: string, code: string): Bilingual => ({
    en: `Failed: ${message}`,
    zh: `失败，错误代码 ${code}，详情见日志。`,
  }),
  leftovers: (count: number, bytes: number, dryRun: boolean): Bilingual =>
    count === 0
      ? { en: 'Nothing was left behind.', zh: '没有残留文件。' }
      : {
          en: `${dryRun ? 'Would remove' : 'Removed'} ${files(count)}, ${inMegabytes(bytes)}.`,
          zh: `${dryRun ? '将删除' : '已删除'} ${count} 个文件或文件夹，共 ${inMegabytes(bytes)}。`,
        },
  leftoversStuck: (count: number, reason: string): Bilingual => ({
    en: `${files(count)} cannot be removed: ${reason}`,
    zh: `有 ${count} 个文件或文件夹删不掉：${reason}`,
  }),
  logs: (count: number, bytes: number, removed: number): Bilingual => ({
    en:
      `${count} log ${count === 1 ? 'file' : 'files'}, ` +
      `${inMegabytes(bytes)}${removed > 0 ? `; ${removed} beyond log.file_count removed` : ''}.`,
    zh: `${count} 个日志文件，共 ${inMegabytes(bytes)}${removed > 0 ? `；已删除超出 log.file_count 的 ${removed} 个` : ''}。`,
  }),
  logsTooBig: (bytes: number, boundBytes: number): Bilingual => ({
    en:
      `The log takes ${inMegabytes(bytes)}, more than its bound of ` +
      `${inMegabytes(boundBytes)}: does another program write to it?`,
    zh: `日志占 ${inMegabytes(bytes)}，超过上限 ${inMegabytes(boundBytes)}：是不是有别的程序也在写它？`,
  }),
  configBackup: (id: string, kept: number): Bilingual => ({
    en: `Kept as ${id}; ${kept === 1 ? '1 copy is' : `${kept} copies are`} there.`,
    zh: `已备份为 ${id}，共有 ${kept} 个备份。`,
  }),
  storeGood: (): Bilingual => ({ en: 'The database is in order.', zh: '数据库完好。' }),
  storeBad: (problems: readonly string[]): Bilingual => ({
    en: `The database is damaged: ${problems.join('; ')}`,
    zh: `数据库已损坏：${problems.join('；')}`,
  }),
  storeBackup: (file: string, bytes: number): Bilingual => ({
    en: `Copied to ${file}, ${inMegabytes(bytes)}.`,
    zh: `已复制到 ${file}，${inMegabytes(bytes)}。`,
  }),
  history: (turns: number, recordings: number): Bilingual =>
    together([
      turns === 0
        ? { en: 'No turn is older than is kept.', zh: '没有过期的对话记录。' }
        : { en: `${turns} turns that were too old were removed.`, zh: `已删除 ${turns} 条过期的对话记录。` },
      ...(recordings === 0
        ? []
        : [{ en: `${recordings} recordings were removed.`, zh: `已删除 ${recordings} 段录音。` }]),
    ]),
  vacuum: (before: number | undefined, after: number | undefined): Bilingual =>
    before === undefined || after === undefined
      ? { en: 'Tidied.', zh: '已整理。' }
      : {
          en: `${inMegabytes(before)} before, ${inMegabytes(after)} after.`,
          zh: `整理前 ${inMegabytes(before)}，整理后 ${inMegabytes(after)}。`,
        },
  memorySteady: (hours: number): Bilingual =>
    hours < 6
      ? {
          en: `Watched for ${hours.toFixed(1)} hours; that is too short to say.`,
          zh: `才观察了 ${hours.toFixed(1)} 小时，还不能下结论。`,
        }
      : {
          en: `No process grows steadily (watched for ${Math.round(hours)} hours).`,
          zh: `没有进程的内存持续增长（已观察 ${Math.round(hours)} 小时）。`,
        },
  memoryGrows: (
    name: string,
    pid: number,
    sizeBytes: number,
    perHour: number,
    low: number,
    high: number,
    hours: number,
  ): Bilingual => ({
    en:
      `The process ${name} (${pid}) grows by ${inMegabytes(perHour)} an hour (95 %: ${inMegabytes(low)} to ` +
      `${inMegabytes(high)}), for ${Math.round(hours)} hours; it has ${inMegabytes(sizeBytes)} now. Please ` +
      `report it; \`chorus drain --restart\` helps meanwhile.`,
    zh:
      `进程 ${name}（${pid}）的内存每小时增长 ${inMegabytes(perHour)}（95 % 区间：${inMegabytes(low)} 到 ${inMegabytes(high)}），` +
      `已持续 ${Math.round(hours)} 小时，现在是 ${inMegabytes(sizeBytes)}。请报告；在此之前可以用 \`chorus drain --restart\` 缓解。`,
  }),
  performance: (sentence: Bilingual, file: string): Bilingual => ({
    en: `${sentence.en} Report: ${file}`,
    zh: `${sentence.zh} 报告：${file}`,
  }),
} as const;

/** Joins several sentences. */
export function together(said: readonly Bilingual[]): Bilingual {
  return { en: said.map(({ en }) => en).join(' '), zh: said.map(({ zh }) => zh).join('') };
}
