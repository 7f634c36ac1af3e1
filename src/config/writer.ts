import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMap, parseDocument, type Document } from 'yaml';
import { ChorusError } from '../core/index.js';
import { FIELDS } from './fields.js';

export interface WriteOptions {
  readonly file: string;
  /** Dotted keys; undefined takes a key out. Secrets may be written: the file is readable by its owner alone. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Copies of the file from before the change are kept here; undefined keeps none. */
  readonly backups?: { readonly folder: string; readonly keep: number; readonly wallMs: number };
}

const HEADER = ' Configuration of Chorus. Everything has a default; docs/configuration.md lists all keys.\n `chorus config check` tells whether this file is right.';

/**
 * Sets single leaves of the configuration file, so that comments and order survive; makes the file when there is none.
 * Written to a temporary file and renamed: a crash leaves the old file or the new one. Errors: `config.unreadable`,
 * `data.not_writable`, `data.disk_full`.
 */
export async function writeConfig(options: WriteOptions): Promise<void> {
  const { file, values, backups } = options;
  const before = await readOrUndefined(file);
  const document = parseDocument(before ?? '');
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new ChorusError('config.unreadable', `${file} is not valid YAML and was left as it is`, { details: { file } });
  if (before === undefined) document.commentBefore = HEADER;
  for (const [key, value] of values) {
    if (!FIELDS.has(key)) throw new ChorusError('internal', `there is no configuration key ${key}`);
    setLeaf(document, key.split('.'), value);
  }
  try {
    await mkdir(dirname(file), { recursive: true });
    if (before !== undefined && backups) await keepCopy(file, backups);
    await replaceFile(file, document.toString({ lineWidth: 0 }));
  } catch (error) {
    throw writeError(file, error);
  }
}

function setLeaf(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth++) {
    const section = path.slice(0, depth);
    // A section that stands there empty (`llm:`) is a null, into which nothing can be set.
    if (document.hasIn(section) && !isMap(document.getIn(section, true))) document.setIn(section, document.createNode({}));
  }
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
}

async function readOrUndefined(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ChorusError('config.unreadable', `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, { cause: error, details: { file, system: (error as NodeJS.ErrnoException).code ?? '' } });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    const mode = await modeOf(file);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function keepCopy(file: string, backups: NonNullable<WriteOptions['backups']>): Promise<void> {
  await mkdir(backups.folder, { recursive: true });
  const stamp = new Date(backups.wallMs).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 19);
  await copyFile(file, join(backups.folder, `config-${stamp}.yaml`));
  const copies = (await readdir(backups.folder)).filter((name) => /^config-[\d.-]+\.yaml$/.test(name)).sort();
  for (const name of copies.slice(0, Math.max(0, copies.length - backups.keep))) await rm(join(backups.folder, name), { force: true });
}

function writeError(file: string, error: unknown): ChorusError {
  if (error instanceof ChorusError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ChorusError('data.disk_full', `the disk is full; ${file} was left as it is`, { cause: error, details: { folder: file } });
  return new ChorusError('data.not_writable', `${file} cannot be written (${code})`, { cause: error, details: { file, system: code } });
}
