import { createRequire } from 'node:module';

/** Declared here, because the types of `libsql/promise` are `any`. Only `prepare` and `exec` run on another thread. */
export interface LibsqlDatabase {
  prepare(sql: string): Promise<LibsqlStatement>;
  exec(sql: string): Promise<void>;
  close(): void;
}

interface LibsqlStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): Promise<unknown[]>;
}

/** Opens or creates the file. A statement waits `timeout` milliseconds for another process's lock. */
export const Libsql = createRequire(import.meta.url)('libsql/promise') as new (
  path: string,
  options: { readonly timeout: number },
) => LibsqlDatabase;

/** Quotes a text for a statement without parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
