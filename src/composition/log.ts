import type { Config } from '../config/index.js';
import { createLog, type Log } from '../telemetry/index.js';

/** The log of the server: for a person or for programs on the error stream, and a file in the data folder where one is wanted. */
export function openLog({ log }: Config, dataDir: string): Log {
  const pretty = log.format === 'auto' ? process.stderr.isTTY : log.format === 'pretty';
  return createLog({
    level: log.level,
    transcripts: log.transcripts,
    file: log.file === undefined ? undefined : { folder: dataDir, name: log.file, maxBytes: log.file_max_mb * 1_000_000, keep: log.file_count - 1 },
    terminal: { output: process.stderr, format: pretty ? 'words' : 'json', colour: pretty },
  });
}
