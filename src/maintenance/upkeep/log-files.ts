import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

export interface LogBounds {
  readonly dataDir: string;
  /** `log.file`, relative to the data folder. */
  readonly file: string;
  /** Size at which a file is rotated. */
  readonly maxBytes: number;
  /** Number of log files, including the current one. */
  readonly count: number;
}

export interface LogState {
  readonly files: number;
  readonly bytes: number;
  /** Limit on the total size. Each file may exceed its limit by its last line, which is included here. */
  readonly boundBytes: number;
  /** Rotated files whose number is the configured count or higher. */
  readonly surplus: readonly string[];
}

const LAST_LINE_BYTES = 1_000_000;

/**
 * `chorus.1.log` is the newest rotated file. If `log.file_count` is lowered, surplus files remain, because the log
 * stream does not notice them.
 */
export async function lookAtLogs({ dataDir, file, maxBytes, count }: LogBounds): Promise<LogState> {
  const path = resolve(dataDir, file);
  const folder = dirname(path);
  const stem = basename(path).replace(/\.log$/, '');
  const rotated = new RegExp(`^${stem.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.(\\d{1,4})\\.log$`);
  let files = 0;
  let bytes = 0;
  const surplus: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const place = name === basename(path) ? 0 : Number(rotated.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(place)) continue;
    const entry = await lstat(join(folder, name)).catch(() => undefined);
    if (entry?.isFile() !== true) continue;
    if (place >= count) surplus.push(join(folder, name));
    else {
      files += 1;
      bytes += entry.size;
    }
  }
  return { files, bytes, boundBytes: count * (maxBytes + LAST_LINE_BYTES), surplus };
}

export async function removeSurplus({ surplus }: LogState): Promise<void> {
  for (const path of surplus) await rm(path, { force: true });
}
