import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { dataFolderError } from './data-folder.js';
import { Libsql, type LibsqlDatabase } from './libsql.js';

const recordSchema = z.object({
  pid: z.int().positive(),
  port: z.int().positive(),
  url: z.url(),
  startedAt: z.string(),
});

/** Content of `server.json`. Other programs read it to reach the server. */
export type ServerRecord = Readonly<z.output<typeof recordSchema>>;

export interface FolderClaim {
  /** Tells other programs on this machine the server's address. Errors: `data.not_writable`, `data.disk_full`. */
  announce(record: ServerRecord): Promise<void>;
  release(): Promise<void>;
}

const LOCK = 'server.lock';
const RECORD = 'server.json';
/** Longest wait for a program that calls {@link findServer}. Such a program holds the lock for less than 1 ms. */
const LOCK_TIMEOUT_MS = 500;

/**
 * Claims the folder with SQLite's lock on an empty file. The operating system releases the lock when the process dies,
 * even across containers. Errors: `data.in_use`, `data.not_writable`, `data.disk_full`.
 */
export async function claimDataFolder(dataDir: string): Promise<FolderClaim> {
  const database = await lock(dataDir, LOCK_TIMEOUT_MS);
  if (database === undefined) throw await inUse(dataDir);
  return {
    announce: (record) => writeRecord(dataDir, record),
    async release() {
      await rm(join(dataDir, RECORD), { force: true });
      database.close();
    },
  };
}

/** Ignores the record of a killed server. */
export async function findServer(dataDir: string): Promise<ServerRecord | undefined> {
  const record = await readRecord(dataDir);
  if (record === undefined) return undefined;
  const database = await lock(dataDir, 0).catch(() => undefined);
  database?.close();
  return database === undefined ? record : undefined;
}

/** Returns undefined if another process holds the lock. */
async function lock(dataDir: string, timeoutMs: number): Promise<LibsqlDatabase | undefined> {
  let database: LibsqlDatabase | undefined;
  try {
    database = new Libsql(join(dataDir, LOCK), { timeout: timeoutMs });
    // Nothing is ever written, so no journal file is needed.
    await database.exec('pragma journal_mode = memory');
    await database.exec('begin exclusive');
    return database;
  } catch (error) {
    database?.close();
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return undefined;
    throw dataFolderError(dataDir, error);
  }
}

async function inUse(dataDir: string): Promise<ChorusError> {
  const record = await readRecord(dataDir);
  const who = record === undefined ? 'a server that is starting' : `process ${record.pid}, ${record.url}`;
  return new ChorusError('data.in_use', `another Chorus server runs on the data folder ${dataDir} (${who})`, {
    details: { folder: dataDir, ...(record !== undefined && { pid: record.pid, url: record.url }) },
  });
}

async function readRecord(dataDir: string): Promise<ServerRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(dataDir, RECORD), 'utf8')));
  } catch {
    return undefined; // A missing, damaged or unreadable record counts as no server.
  }
}

async function writeRecord(dataDir: string, record: ServerRecord): Promise<void> {
  const path = join(dataDir, RECORD);
  const temporary = `${path}.${record.pid}`;
  try {
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.write(`${JSON.stringify(record, undefined, 2)}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw dataFolderError(dataDir, error);
  }
}
