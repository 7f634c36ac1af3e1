import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMap, parseDocument, type Document } from 'yaml';
import { ChorusError } from '../core/index.js';
import { keepBackup, readConfigFile, type Backup, type BackupPlace } from './backups.js';
import { FIELDS } from './fields.js';
import { replaceFile, writeError } from './replace-file.js';

export interface WriteOptions {
  readonly file: string;
  /** New values by dotted key; undefined removes the key. Secrets are allowed: only the file's owner may read it. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Folder for the backup of the old file. Undefined: no backup. */
  readonly backups?: BackupPlace;
}

const HEADER =
  ' Configuration of Chorus. Everything has a default; ' +
  'docs/configuration.md lists all keys.\n `chorus config check` tells whether this file is right.';

/**
 * Sets single leaves of the configuration file, so that comments and order are kept. Creates a missing file. Writes a
 * temporary file and renames it, so that a crash leaves either the old or the new file. Returns the backup of the old
 * file. Errors: `config.unreadable`, `data.not_writable`, `data.disk_full`.
 */
export async function writeConfig(options: WriteOptions): Promise<Backup | undefined> {
  const { file, values, backups } = options;
  const before = await readConfigFile(file);
  const text = editConfigText(before, values, file);
  try {
    await mkdir(dirname(file), { recursive: true });
    const backup = backups && (await keepBackup(file, backups, { evenNone: true }));
    await replaceFile(file, text);
    return backup;
  } catch (error) {
    throw writeError(file, error);
  }
}

/**
 * Sets or removes (undefined) single leaves of `before`. `before` undefined: a new file. `name`: the file's name for
 * the error `config.unreadable`, if the text is not YAML.
 */
export function editConfigText(before: string | undefined, values: ReadonlyMap<string, unknown>, name: string): string {
  const document = parseDocument(before ?? '');
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new ChorusError('config.unreadable', `${name} is not valid YAML and was left as it is`, {
      details: { file: name },
    });
  if (before === undefined) document.commentBefore = HEADER;
  for (const [key, value] of values) {
    if (!FIELDS.has(key)) throw new ChorusError('internal', `there is no configuration key ${key}`);
    setLeaf(document, key.split('.'), value);
  }
  return document.toString({ lineWidth: 0 });
}

function setLeaf(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth++) {
    const section = path.slice(0, depth);
    // An empty section (`llm:`) is null, so nothing can be set in it.
    if (document.hasIn(section) && !isMap(document.getIn(section, true)))
      document.setIn(section, document.createNode({}));
  }
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
  } else document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
}
