import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlias, isMap, parseDocument, visit, type Document, type Node } from 'yaml';
import { ChorusError } from '../core/index.js';
import { ALIASES } from './aliases.js';
import { keepBackup, readConfigFile, type Backup, type BackupPlace } from './backups.js';
import { FIELDS } from './fields.js';
import { replaceFile, writeError } from './replace-file.js';

export interface WriteOptions {
  readonly file: string;
  /**
   * New values by dotted key. Undefined removes the key. Secrets are allowed, because only the owner may read the file.
   */
  readonly values: ReadonlyMap<string, unknown>;
  /** If undefined, the old file is not backed up. */
  readonly backups?: BackupPlace;
}

const HEADER =
  ' Configuration of Chorus. Everything has a default; ' +
  'docs/configuration.md lists all keys.\n `chorus config check` tells whether this file is right.';

/**
 * Keeps the comments and the order of the file. Creates the file if it is missing. Returns the backup of the old file.
 * Rejects with `config.unreadable`, `data.not_writable` or `data.disk_full`.
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
 * Undefined values remove their keys. Old names of all these keys are removed, too. If `before` is undefined, makes a
 * new text. Throws `config.unreadable` with the file's `name` if the text is not YAML.
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
    // The loader refuses a file that has a key under both names.
    for (const { from, to } of ALIASES.values()) if (to === key) setLeaf(document, from.split('.'), undefined);
    setLeaf(document, key.split('.'), value);
  }
  return document.toString({ lineWidth: 0 });
}

function setLeaf(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth++) {
    const section = path.slice(0, depth);
    if (document.hasIn(section) && !isMap(document.getIn(section, true)))
      document.setIn(section, ownSection(document, section));
  }
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
  } else document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
}

/** An empty section such as `llm:` is null. A section that is an alias becomes a copy of what it refers to. */
function ownSection(document: Document, section: readonly string[]): Node {
  const node = document.getIn(section, true);
  const source = isAlias(node) ? node.resolve(document) : undefined;
  if (!isMap(source)) return document.createNode({});
  const copy = source.clone() as typeof source;
  // An anchor of the copy would take the place of the original's.
  visit(copy, { Value: (_key, value) => void delete value.anchor });
  return copy;
}
