import { createRequire } from 'node:module';

/** The used part of `libsql/promise`; its own types are `any`. Only `prepare` and `exec` run on another thread. */
export interface LibsqlDatabase {
  prepare(sql: string): Promise<LibsqlStatement>;
  exec(sql: string): Promise<void>;
  close(): void;
}

interface LibsqlStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): Promise<unknown[]>;
}

/** Opens or creates the file. `timeout`: milliseconds that a statement waits for another process's lock. */
export const Libsql = createRequire(import.meta.url)('libsql/promise') as new (
  path: string,
  options: { readonly timeout: number },
) => LibsqlDatabase;

/** A text as an SQL literal, for statements without parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
