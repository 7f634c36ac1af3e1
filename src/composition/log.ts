import { basename, dirname, resolve } from 'node:path';
import { secretValues, SHORTEST_SECRET, type Config } from '../config/index.js';
import { createLog, type Log, type LogSettings } from '../platform/telemetry/index.js';

export function openLog(config: Config, dataDir: string): Log {
  const { log } = config;
  const file = log.file === undefined ? undefined : resolve(dataDir, log.file);
  const pretty = log.format === 'auto' ? process.stderr.isTTY : log.format === 'pretty';
  return createLog({
    ...logSettings(config),
    // A full file is kept while the next one is written. If only one file is configured, upkeep removes the old one.
    file:
      file === undefined
        ? undefined
        : {
            folder: dirname(file),
            name: basename(file),
            maxBytes: log.file_max_mb * 1_000_000,
            keep: Math.max(1, log.file_count - 1),
          },
    terminal: { output: process.stderr, format: pretty ? 'words' : 'json', colour: pretty },
  });
}

/** `others` are configurations under test. Their keys are hidden too, because a service may quote them. */
export function logSettings(config: Config, ...others: readonly Config[]): LogSettings {
  const secrets = new Set(
    [config, ...others]
      .flatMap((one) => [...secretValues(one).values()])
      .filter((value) => value.length >= SHORTEST_SECRET),
  );
  return { level: config.log.level, transcripts: config.log.transcripts, secrets: [...secrets] };
}
