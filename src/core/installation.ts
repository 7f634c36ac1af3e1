import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The npm package `chorus` is another program. */
const PACKAGE = 'xiaozhi-chorus';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandPlace {
  /** Folder of the installation, with package.json and dist/. */
  readonly root?: string;
  /** Folder in which the command will be entered. If undefined, the command must work anywhere on this machine. */
  readonly cwd?: string | undefined;
  readonly path?: string | undefined;
}

/** The command that starts this installation, as a user can type it. */
export function ownCommand({ root = ROOT, cwd, path }: CommandPlace): string {
  const program = join(root, 'dist/cli/chorus.js');
  // npm adds its own folders to the PATH of the programs that it starts, but the user's next command has no such PATH.
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

/**
 * Replaces `npx chorus …`, and `chorus …` in backquotes, by commands that work where the text is shown. Outside of the
 * installation's folder, `npx chorus` would run another package.
 */
export function withOwnCommand(text: string, command: string): string {
  return text.replaceAll(/\bnpx chorus\b|(?<=`)chorus(?= [a-z])/g, command);
}

export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}
