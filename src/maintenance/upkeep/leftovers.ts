import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asChorusError } from '../../core/index.js';
import { isTemporaryFolder } from '../../platform/machine/index.js';

/** A file or folder that a process left behind when it was killed. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  /** Wall-clock time of the last change. For a folder, the newest change inside it. */
  readonly changedMs: number;
}

export interface LeftoverOptions {
  readonly dataDir: string;
  /** The system's temporary folder. Undefined if it is not searched. */
  readonly temporaryDir: string | undefined;
  /** Minimum age. A file that changed more recently may be in use. */
  readonly olderThanMs: number;
  readonly wallMs: number;
  /** Owner of the files to remove from the temporary folder. Undefined if the system has no user ids. */
  readonly uid: number | undefined;
}

interface Place {
  /** Path within the data folder, with `/` between folders. */
  readonly folder: string;
  readonly names: RegExp;
}

/**
 * Only unfinished files of Chorus have these names. The files come from src/config/replace-file.ts,
 * src/config/backups.ts, src/platform/store/, src/platform/machine/writable.ts, src/http/local-token.ts,
 * src/capacity/measured-costs.ts, src/device/firmware/files.ts, src/engines/models/,
 * src/speech/speaking/phrases/phrase-folder.ts and src/maintenance/upkeep/.
 */
const PLACES: readonly Place[] = [
  {
    folder: '',
    names: /^(?:\.probe-[0-9a-f]{12}|local-token\.[0-9a-f]{12}|server\.json\.\d+|measured-costs\.json\.new)$/,
  },
  { folder: '', names: /^\.[\w.-]+\.\d+\.tmp(?:-wal|-shm)?$/ },
  { folder: 'backups', names: /^(?:\.[\w.-]+\.\d+\.tmp|[\w.-]+\.part)$/ },
  { folder: 'audio', names: /^[0-9a-f]{16}\.tmp$/ },
  { folder: 'phrases', names: /\.opus-phrase-[0-9a-f]{8}\.unfinished$/ },
  { folder: 'reports', names: /^\.[\w.-]+\.\d+\.tmp$/ },
  { folder: 'firmware', names: /^\.?[\w.-]+\.(?:part|tmp)$/ },
  // Downloads and their unpacked content. Every file in this folder is unfinished.
  { folder: 'models/.staging', names: /./ },
];
/** Temporary files in the folder of one model. */
const IN_MODELS = /^[\w.-]+\.(?:[0-9a-f]{8}|\d+)\.tmp$/;

/** Links are neither followed nor listed, because they lead out of the folder or a user made them. */
export async function findLeftovers(options: LeftoverOptions): Promise<readonly Leftover[]> {
  const { dataDir, temporaryDir, olderThanMs, wallMs, uid } = options;
  const found: Leftover[] = [];
  for (const { folder, names } of PLACES) {
    const at = await realFolder(dataDir, folder);
    if (at !== undefined)
      for (const name of await namesIn(at)) if (names.test(name)) found.push(...(await look(join(at, name))));
  }
  const models = await realFolder(dataDir, 'models');
  for (const id of models === undefined ? [] : await namesIn(models)) {
    const at = id.startsWith('.') ? undefined : await realFolder(dataDir, `models/${id}`);
    if (at !== undefined)
      for (const name of await namesIn(at)) if (IN_MODELS.test(name)) found.push(...(await look(join(at, name))));
  }
  if (temporaryDir !== undefined)
    for (const name of await namesIn(temporaryDir))
      if (isTemporaryFolder(name)) found.push(...(await look(join(temporaryDir, name), uid)));
  return found.filter(({ changedMs }) => changedMs <= wallMs - olderThanMs);
}

/** A leftover that cannot be removed is reported, and the next one is tried. */
export async function removeLeftovers(
  leftovers: readonly Leftover[],
  signal: AbortSignal,
): Promise<{ readonly removed: readonly Leftover[]; readonly failures: readonly string[] }> {
  const removed: Leftover[] = [];
  const failures: string[] = [];
  for (const leftover of leftovers) {
    signal.throwIfAborted();
    try {
      // A link inside a leftover folder is removed, but not its target.
      await rm(leftover.path, { recursive: true, force: true });
      removed.push(leftover);
    } catch (error) {
      failures.push(asChorusError(error).message);
    }
  }
  return { removed, failures };
}

/** Resolves with undefined if the folder, or a folder above it, is missing or a link. */
async function realFolder(dataDir: string, below: string): Promise<string | undefined> {
  let at = dataDir;
  for (const part of below === '' ? [] : below.split('/')) {
    at = join(at, part);
    const entry = await lstat(at).catch(() => undefined);
    if (entry?.isDirectory() !== true) return undefined;
  }
  return at;
}

async function look(path: string, uid?: number): Promise<readonly Leftover[]> {
  const entry = await lstat(path).catch(() => undefined);
  if (entry === undefined || entry.isSymbolicLink() || (uid !== undefined && entry.uid !== uid)) return [];
  if (!entry.isDirectory()) return entry.isFile() ? [{ path, bytes: entry.size, changedMs: entry.mtimeMs }] : [];
  let bytes = 0;
  let changedMs = entry.mtimeMs;
  for (const name of await namesIn(path)) {
    for (const inner of await look(join(path, name))) {
      bytes += inner.bytes;
      changedMs = Math.max(changedMs, inner.changedMs);
    }
  }
  return [{ path, bytes, changedMs }];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return names.toSorted();
}
