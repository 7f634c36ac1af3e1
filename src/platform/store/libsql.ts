import { createRequire } from 'node:module';

/** The part of `libsql/promise` used here; its own types are `any`. Only `prepare` and `exec` run on another thread. */
export interface LibsqlDatabase {
  prepare(sql: string): Promise<LibsqlStatement>;
  exec(sql: string): Promise<void>;
  close(): void;
}

export interface LibsqlStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): Promise<unknown[]>;
}

/** Opens the file, which is created when missing. `timeout`: milliseconds that a statement waits for another process's lock. */
export const Libsql = createRequire(import.meta.url)('libsql/promise') as new (
  path: string,
  options: { readonly timeout: number },
) => LibsqlDatabase;

/** A text as it stands in a statement that takes no parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
