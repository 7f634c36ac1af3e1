import { bilingualWords } from '../../core/index.js';
import type { GrowingProcess } from './memory-watch.js';
import type { TaskOutcome, UpkeepTaskName } from './upkeep-port.js';

const en = {
  titles: {
    leftovers: 'leftovers of killed processes',
    logs: 'size of the log',
    config_backup: 'copy of the configuration',
    store_check: 'check of the database',
    store_backup: 'copy of the database',
    history: 'turns that are kept',
    store_vacuum: 'tidying of the database',
    memory: 'growth of memory',
    performance: 'performance check',
  } satisfies Readonly<Record<UpkeepTaskName, string>>,
  skipped: {
    talking: 'Left for later: somebody talks.',
    no_server: 'Not done: that needs a running server.',
    no_log: 'There is no log file (log.file).',
    no_config: 'There is no configuration file; the defaults are in force.',
    off: 'Switched off in the configuration.',
    dry: 'Would be done.',
  },
  /** Chinese shows the error's code instead of the English message. The log has the details (docs/errors.md). */
  failed: (message: string, _code: string) => `Failed: ${message}`,
  leftovers: {
    none: 'Nothing was left behind.',
    removed: (count: number, bytes: number) => `Removed ${files(count)}, ${inMegabytes(bytes)}.`,
    wouldRemove: (count: number, bytes: number) => `Would remove ${files(count)}, ${inMegabytes(bytes)}.`,
    stuck: (count: number, reason: string) => `${files(count)} cannot be removed: ${reason}`,
  },
  logs: (count: number, bytes: number, removed: number) =>
    `${count} log ${count === 1 ? 'file' : 'files'}, ` +
    `${inMegabytes(bytes)}${removed > 0 ? `; ${removed} beyond log.file_count removed` : ''}.`,
  logsTooBig: (bytes: number, boundBytes: number) =>
    `The log takes ${inMegabytes(bytes)}, more than its bound of ` +
    `${inMegabytes(boundBytes)}: does another program write to it?`,
  configBackup: (id: string, kept: number) =>
    `Kept as ${id}; ${kept === 1 ? '1 copy is' : `${kept} copies are`} there.`,
  storeGood: 'The database is in order.',
  storeBad: (problems: readonly string[]) => `The database is damaged: ${problems.join('; ')}`,
  storeBackup: (file: string, bytes: number) => `Copied to ${file}, ${inMegabytes(bytes)}.`,
  history: {
    none: 'No turn is older than is kept.',
    removed: (turns: number) => `${turns} turns that were too old were removed.`,
    recordings: (count: number) => `${count} recordings were removed.`,
  },
  vacuum: {
    done: 'Tidied.',
    sizes: (before: number, after: number) => `${inMegabytes(before)} before, ${inMegabytes(after)} after.`,
  },
  memory: {
    tooShort: (hours: number) => `Watched for ${hours.toFixed(1)} hours; that is too short to say.`,
    steady: (hours: number) => `No process grows steadily (watched for ${Math.round(hours)} hours).`,
    grows: ({ name, pid, sizeBytes, bytesPerHour, lowBytesPerHour, highBytesPerHour, hours }: GrowingProcess) =>
      `The process ${name} (${pid}) grows by ${inMegabytes(bytesPerHour)} an hour ` +
      `(95 %: ${inMegabytes(lowBytesPerHour)} to ${inMegabytes(highBytesPerHour)}), ` +
      `for ${Math.round(hours)} hours; it has ${inMegabytes(sizeBytes)} now. Please ` +
      `report it; \`chorus drain --restart\` helps meanwhile.`,
  },
  performance: (sentence: string, file: string) => `${sentence} Report: ${file}`,
  together: (sentences: readonly string[]) => sentences.join(' '),
};

const zh: typeof en = {
  titles: {
    leftovers: '清理残留文件',
    logs: '日志大小',
    config_backup: '备份配置',
    store_check: '检查数据库',
    store_backup: '备份数据库',
    history: '清理历史',
    store_vacuum: '整理数据库',
    memory: '内存增长',
    performance: '性能检查',
  },
  skipped: {
    talking: '有人在说话，留到以后。',
    no_server: '没有做：这需要正在运行的服务器。',
    no_log: '没有日志文件（log.file）。',
    no_config: '没有配置文件，使用的是默认配置。',
    off: '配置里已关闭。',
    dry: '会执行。',
  },
  failed: (_message, code) => `失败，错误代码 ${code}，详情见日志。`,
  leftovers: {
    none: '没有残留文件。',
    removed: (count, bytes) => `已删除 ${count} 个文件或文件夹，共 ${inMegabytes(bytes)}。`,
    wouldRemove: (count, bytes) => `将删除 ${count} 个文件或文件夹，共 ${inMegabytes(bytes)}。`,
    stuck: (count, reason) => `有 ${count} 个文件或文件夹删不掉：${reason}`,
  },
  logs: (count, bytes, removed) =>
    `${count} 个日志文件，共 ${inMegabytes(bytes)}${removed > 0 ? `；已删除超出 log.file_count 的 ${removed} 个` : ''}。`,
  logsTooBig: (bytes, boundBytes) =>
    `日志占 ${inMegabytes(bytes)}，超过上限 ${inMegabytes(boundBytes)}：是不是有别的程序也在写它？`,
  configBackup: (id, kept) => `已备份为 ${id}，共有 ${kept} 个备份。`,
  storeGood: '数据库完好。',
  storeBad: (problems) => `数据库已损坏：${problems.join('；')}`,
  storeBackup: (file, bytes) => `已复制到 ${file}，${inMegabytes(bytes)}。`,
  history: {
    none: '没有过期的对话记录。',
    removed: (turns) => `已删除 ${turns} 条过期的对话记录。`,
    recordings: (count) => `已删除 ${count} 段录音。`,
  },
  vacuum: {
    done: '已整理。',
    sizes: (before, after) => `整理前 ${inMegabytes(before)}，整理后 ${inMegabytes(after)}。`,
  },
  memory: {
    tooShort: (hours) => `才观察了 ${hours.toFixed(1)} 小时，还不能下结论。`,
    steady: (hours) => `没有进程的内存持续增长（已观察 ${Math.round(hours)} 小时）。`,
    grows: ({ name, pid, sizeBytes, bytesPerHour, lowBytesPerHour, highBytesPerHour, hours }) =>
      `进程 ${name}（${pid}）的内存每小时增长 ${inMegabytes(bytesPerHour)}` +
      `（95 % 区间：${inMegabytes(lowBytesPerHour)} 到 ${inMegabytes(highBytesPerHour)}），` +
      `已持续 ${Math.round(hours)} 小时，现在是 ${inMegabytes(sizeBytes)}。请报告；在此之前可以用 \`chorus drain --restart\` 缓解。`,
  },
  performance: (sentence, file) => `${sentence} 报告：${file}`,
  together: (sentences) => sentences.join(''),
};

const files = (count: number): string => (count === 1 ? '1 file or folder' : `${count} files or folders`);

export function inMegabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
}

export const taskWords = bilingualWords({ en, zh });

export type SkipReason = keyof typeof en.skipped;

export const skipped = (reason: SkipReason): TaskOutcome => ({ outcome: 'skipped', said: taskWords.skipped[reason] });
