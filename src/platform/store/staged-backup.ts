import { chmod, copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import type { Kysely } from 'kysely';
import { ChorusError } from '../../core/index.js';
import { withDatabase } from './backup.js';
import { dataFolderError } from './data-folder.js';
import { openFile } from './database-open.js';
import { problemsOfLibsql } from './libsql-file.js';
import { migrate, MIGRATIONS } from './migrations.js';
import { badBackup, checkPortable, readPortable } from './portable.js';
import type { StoreSchema } from './schema.js';
import { storeError } from './store-error.js';

const MAGIC = 'SQLite format 3\0';
const SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** Passes a checked copy of the backup to `work`, with the newest schema. Errors: `store.bad_backup`, `data.*`. */
export async function withStagedBackup<T>(
  source: string,
  folder: string,
  work: (db: Kysely<StoreSchema>) => Promise<T>,
): Promise<T> {
  const staged = join(folder, `.chorus-restore.${pid}.tmp`);
  try {
    await removeDatabase(staged);
    const kind = await kindOf(source);
    if (kind === 'db') await stageDatabase(source, staged);
    else await (await open(staged, 'w', 0o600)).close();
    const schema = kind === 'db' ? undefined : await checkPortable(source);
    if (schema !== undefined && schema !== '' && !Object.hasOwn(MIGRATIONS, schema))
      throw badBackup(source, 'it was written by a newer version of Chorus');
    const opening = openFile(staged, { busyTimeoutMs: 5000 }).catch((error: unknown) => refuse(source, error));
    return await withDatabase(opening, async (db) => {
      await (schema === undefined ? upgrade(db) : fill(db, source, schema)).catch((error: unknown) =>
        refuse(source, error),
      );
      return work(db);
    });
  } catch (error) {
    throw error instanceof ChorusError ? error : dataFolderError(folder, error);
  } finally {
    await removeDatabase(staged);
  }
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(file + suffix, { force: true });
}

/** The name may be arbitrary, so the content decides. Error: `store.bad_backup`. */
async function kindOf(source: string): Promise<'db' | 'jsonl'> {
  try {
    const handle = await open(source, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      return buffer.toString('latin1', 0, bytesRead) === MAGIC ? 'db' : 'jsonl';
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ChorusError('store.bad_backup', `${source} cannot be read (${code ?? String(error)})`, {
      cause: error,
      details: { file: source, system: code ?? '' },
    });
  }
}

/** Also copies a `-wal` file, which may have the last transactions if a person copied the database. */
async function stageDatabase(source: string, staged: string): Promise<void> {
  await copyFile(source, staged);
  await copyFile(`${source}-wal`, `${staged}-wal`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await chmod(staged, 0o600);
  const problems = await problemsOfLibsql(staged);
  if (problems.length > 0)
    throw badBackup(source, `it is damaged: ${problems.slice(0, 3).join('; ').replaceAll(/\s+/g, ' ')}`);
}

async function upgrade(db: Kysely<StoreSchema>): Promise<void> {
  if (!(await db.introspection.getTables()).some(({ name }) => name === 'devices'))
    throw new Error('it is no database of Chorus');
  await migrate(db);
}

/** Reports an error of the copy as an error of the backup, except for a full disk. */
function refuse(source: string, error: unknown): never {
  const typed = storeError('use it', error);
  if (typed.code === 'store.bad_backup' || typed.code === 'data.disk_full') throw typed;
  throw badBackup(source, error instanceof Error ? error.message : String(error), error);
}

async function fill(db: Kysely<StoreSchema>, source: string, schema: string): Promise<void> {
  if (schema !== '') await migrate(db, MIGRATIONS, schema);
  await db.transaction().execute((tx) => readPortable(source, tx));
  await migrate(db);
}
