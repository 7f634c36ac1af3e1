import type { ProblemCode } from './errors/problems.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * The names of fields with people's words begin with `pii`. These fields are dropped unless `log.transcripts` is on. A
 * warning or error that is not in the error table has its code in `problem`.
 */
export type LogFields = Readonly<Record<string, unknown>> & { readonly problem?: ProblemCode };

/** Messages are static. Fields must never contain a token, key or password. */
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
