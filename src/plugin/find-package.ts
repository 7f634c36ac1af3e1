import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface FoundPackage {
  /** The path without symbolic links, because stack traces contain this path. */
  readonly folder: string;
  readonly entry: string;
}

/** The conditions in `exports` that Node uses for `import()`. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

/** Folders that may contain `node_modules`. The working folder comes first, then the folders above this file. */
export function pluginFolders(workingFolder: string): readonly string[] {
  const folders = [workingFolder];
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) folders.push(at);
  return folders;
}

/** Returns undefined if the package is not installed. Rejects if package.json is unreadable or exports nothing. */
export async function findPackage(name: string, folders: readonly string[]): Promise<FoundPackage | undefined> {
  for (const base of folders) {
    const folder = join(base, 'node_modules', name);
    let text: string;
    try {
      text = await readFile(join(folder, 'package.json'), 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) continue;
      throw error;
    }
    const { exports, main } = JSON.parse(text) as { readonly exports?: unknown; readonly main?: unknown };
    const entry = exports === undefined ? (typeof main === 'string' ? main : 'index.js') : targetOf(rootOf(exports));
    if (entry === undefined) throw new Error('its package.json exports nothing that can be imported');
    const real = await realpath(folder);
    return { folder: real, entry: join(real, entry) };
  }
  return undefined;
}

function rootOf(exports: unknown): unknown {
  return typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
}

function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const found = Array.isArray(target) || CONDITIONS.has(condition) ? targetOf(inner) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
