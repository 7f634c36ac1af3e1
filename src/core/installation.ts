import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Name of this package on npm. The npm package with the name of the program, `chorus`, is a different one. */
const PACKAGE = 'xiaozhi-chorus';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandPlace {
  /** Folder of the installation: package.json, dist/. */
  readonly root?: string;
  /** Folder in which the command will be entered. Undefined: anywhere on this machine. */
  readonly cwd?: string | undefined;
  /** The variable PATH. */
  readonly path?: string | undefined;
}

/** The command that starts this installation. It works in the terminal that shows it. */
export function ownCommand({ root = ROOT, cwd, path }: CommandPlace): string {
  const program = join(root, 'dist/cli/chorus.js');
  // npm adds its own folders to the PATH of the programs that it starts. The user's next command does not have them.
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
 * Replaces the commands in a text (`npx chorus …`, or `chorus …` in backquotes) by commands that work where the text is
 * shown. Outside of the installation's folder, `npx chorus` would run another package.
 */
export function withOwnCommand(text: string, command: string): string {
  return text.replaceAll(/\bnpx chorus\b|(?<=`)chorus(?= [a-z])/g, command);
}

/** Version of this installation. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}
