import type { ProblemCode } from './errors/problems.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Fields of a log line. Fields for what people said have names that begin with `pii`, and are dropped unless
 * `log.transcripts` is on. A warning that is not in the error table has its code in `problem`.
 */
export type LogFields = Readonly<Record<string, unknown>> & { readonly problem?: ProblemCode };

/** Logs a static message with fields, which never contain a token, key or password. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
