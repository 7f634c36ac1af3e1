import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name that npm knows this package by. The one of the program, `chorus`, is somebody else's package there. */
const PACKAGE = 'xiaozhi-chorus';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandPlace {
  /** Folder of the installation: package.json, dist/. */
  readonly root?: string;
  /** Folder in which the command will be entered; undefined: anywhere on this machine. */
  readonly cwd?: string | undefined;
  /** The variable PATH. */
  readonly path?: string | undefined;
}

/** How this installation is called on the command line, so that a command that is proposed works where it is shown. */
export function ownCommand({ root = ROOT, cwd, path }: CommandPlace): string {
  const program = join(root, 'dist/cli/chorus.js');
  // npm adds folders of its own, which the next command will not have.
  const folders = (path ?? '').split(':').filter((folder) => folder !== '' && !folder.includes('node_modules'));
  if (folders.some((folder) => isSame(join(folder, 'chorus'), program))) return 'chorus';
  const project = /^(.*)[\\/]node_modules[\\/](?:[^\\/]+)[\\/]?$/.exec(root)?.[1] ?? root;
  if (cwd !== undefined && isSame(cwd, project) && existsSync(join(root, 'package.json'))) return `npx ${PACKAGE}`;
  return `node ${/^[\w@%+=:,./-]+$/.test(program) ? program : `'${program.replaceAll("'", `'\\''`)}'`}`;
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
