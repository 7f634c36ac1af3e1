import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Bilingual } from '../core/index.js';
import { movingOverWords } from './words.js';

export type OldFileKind =
  /** The old server's own `config.yaml`, which may contain only defaults. */
  | 'base'
  /** `data/.config.yaml`, or a file that the user named. A person chose every line of such a file. */
  | 'override'
  | 'guide'
  | 'tools'
  | 'prompt'
  /** Short-term memory by device, from a server without the web console. */
  | 'memory'
  | 'dump';

export interface OldFile {
  readonly file: string;
  readonly kind: OldFileKind;
}

/** Paths relative to the old server's folder, its data folder, or the folder above both. */
const PLACES: readonly (readonly [path: string, kind: OldFileKind])[] = [
  ['config.yaml', 'base'],
  ['.config.yaml', 'override'],
  ['data/.config.yaml', 'override'],
  ['config_optimized.yaml', 'guide'],
  ['.config_optimized.yaml', 'guide'],
  ['data/.config_optimized.yaml', 'guide'],
  ['mcp_server_settings.json', 'tools'],
  ['.mcp_server_settings.json', 'tools'],
  ['data/.mcp_server_settings.json', 'tools'],
  ['agent-base-prompt.txt', 'prompt'],
  ['data/.agent-base-prompt.txt', 'prompt'],
  ['.memory.yaml', 'memory'],
  ['data/.memory.yaml', 'memory'],
];
const SUBFOLDERS = ['', 'main/xiaozhi-server', 'xiaozhi-server'];
const DUMP = /\.sql(\.gz)?$/i;

/** No configuration is larger. The limit avoids reading a gigabyte if the user names a wrong file. */
const TEXT_MAX_BYTES = 4 * 1024 * 1024;

/** Later files override earlier ones. */
export async function findOldFiles(path: string): Promise<readonly OldFile[]> {
  const about = await stat(path);
  if (!about.isDirectory()) return [{ file: path, kind: kindOf(basename(path)) }];
  const found: OldFile[] = [];
  for (const folder of SUBFOLDERS) {
    for (const [place, kind] of PLACES) {
      const file = join(path, folder, place);
      if (await isFile(file)) found.push({ file, kind });
    }
    if (found.length > 0) break;
  }
  const names = (await readdir(path)).filter((name) => DUMP.test(name)).toSorted((a, b) => a.localeCompare(b));
  for (const name of names) if (await isFile(join(path, name))) found.push({ file: join(path, name), kind: 'dump' });
  return found;
}

function kindOf(name: string): OldFileKind {
  const lower = name.toLowerCase();
  if (DUMP.test(lower)) return 'dump';
  if (lower === 'config.yaml') return 'base';
  if (lower === '.memory.yaml') return 'memory';
  if (lower.includes('optimized')) return 'guide';
  if (lower.endsWith('.json')) return 'tools';
  return lower.endsWith('.txt') ? 'prompt' : 'override';
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (about) => about.isFile(),
    () => false,
  );
}

export type OldText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Bilingual };

/** Never rejects. */
export async function readOldText(file: string): Promise<OldText> {
  try {
    const { size } = await stat(file);
    if (size > TEXT_MAX_BYTES)
      return {
        ok: false,
        why: movingOverWords.tooLarge,
      };
    const bytes = await readFile(file);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return { ok: true, text: new TextDecoder('utf-16le').decode(bytes) };
    if (bytes.includes(0)) return { ok: false, why: movingOverWords.noText };
    // Drops the byte order mark that Notepad on Windows writes.
    return { ok: true, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { ok: false, why: movingOverWords.unreadable(code) };
  }
}
