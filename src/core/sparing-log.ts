import type { Clock } from './clock.js';
import type { LogFields, Logger, LogLevel } from './logger.js';

const EVERY_MS = 60_000;

/**
 * Writes each message at most once a minute, so that events that strangers can cause neither fill the disk nor push
 * older lines out of the log. The next line has the number of skipped lines in `more`.
 */
export function sparing(log: Logger, clock: Clock): Logger {
  const kinds = new Map<string, { writtenMs: number; more: number }>();
  const over = (inner: Logger): Logger => {
    const write =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        const nowMs = clock.nowMs();
        const kind = kinds.get(message);
        if (kind && nowMs - kind.writtenMs < EVERY_MS) {
          kind.more += 1;
          return;
        }
        kinds.set(message, { writtenMs: nowMs, more: 0 });
        inner[level](message, { ...fields, ...(kind && kind.more > 0 && { more: kind.more }) });
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => over(inner.child(fields)),
    };
  };
  return over(log);
}
