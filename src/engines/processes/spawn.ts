import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface SpawnOptions {
  /** Shown as the last argument, so that `ps` and the monitor can tell one child from another. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly niceness: number;
  /** The program that starts another with a changed priority; undefined: none. */
  readonly niceCommand: string | undefined;
}

/**
 * Children get what a program needs to run and nothing else of the environment: API keys stay in the main process.
 */
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
];

/**
 * Settings of glibc's allocator; other allocators ignore them. With an arena for each thread, each keeps the memory of
 * its thread's largest job: two arenas are enough for a child's slots. The size from which a freed block is given back
 * at once rises to 32 MB by itself, and the memory for loading a model then stays for good: so it is fixed at 256 KB.
 * The recognition process needs a quarter less memory, for no more CPU (docs/adr/0027-allocator.md). The environment of
 * the server takes precedence.
 */
const ALLOCATOR: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '262144',
  MALLOC_TRIM_THRESHOLD_: '1048576',
};

/**
 * The size is in MB. V8 lets the space for new objects grow to twice 16 MB under load, and keeps it. Objects of our
 * children are short-lived (docs/adr/0027-allocator.md).
 */
const V8_FLAGS = ['--max-semi-space-size=2'];

/**
 * Starts a Node child with an IPC channel. It goes through `nice`, because a priority that is set from inside reaches
 * only the main thread on Linux, and inference runs in others. `nice` replaces itself by Node, so the pid is the
 * child's.
 */
export function spawnChild(options: SpawnOptions): ChildProcess {
  const args = [...V8_FLAGS, ...options.entry.execArgv, options.entry.file, options.name];
  const [command, commandArgs] =
    options.niceCommand === undefined || options.niceness === 0
      ? [process.execPath, args]
      : [options.niceCommand, ['-n', String(options.niceness), process.execPath, ...args]];
  const env: Record<string, string> = { ...ALLOCATOR };
  for (const key of [...INHERITED, ...Object.keys(ALLOCATOR)]) {
    // oxlint-disable-next-line no-restricted-properties -- not configuration: variables of the system are passed on
    const value = process.env[key];
    if (value !== undefined) env[key] = value;
  }
  return spawn(command, commandArgs, {
    env: { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
}

/** Lowers the priority where there is no `nice`. On Linux this reaches only the main thread. */
export function lowerPriority(pid: number, niceness: number): boolean {
  try {
    setPriority(pid, niceness);
    return true;
  } catch {
    return false;
  }
}

/**
 * Entry of a child process whose file stands beside `importer`. From `dist/` it is plain Node. When the sources run
 * directly (tests, development), the child gets the same TypeScript loader.
 */
export function childEntry(
  importer: string,
  name: string,
): { readonly file: string; readonly execArgv: readonly string[] } {
  const fromSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, importer));
  return { file, execArgv: fromSource ? ['--import', 'tsx'] : [] };
}
