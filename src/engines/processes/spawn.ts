import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface SpawnOptions {
  /** Passed as the last argument, so that the children can be told apart in `ps` and in a monitor. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly niceness: number;
  /** The program that starts another program with a changed priority (`nice`). Undefined: there is none. */
  readonly niceCommand: string | undefined;
}

/** Children inherit only the variables that a program needs to run. API keys stay in the main process. */
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
 * Settings for glibc's allocator; other allocators ignore them. Each arena keeps the memory of the largest job of its
 * threads, so the number of arenas is limited to two, which is enough for a child's slots. A freed block above a
 * certain size is returned at once. By default glibc raises this size to up to 32 MB, and the memory used to load a
 * model would then never be returned, so the size is fixed at 256 KB. The recognition process then needs a quarter less
 * memory, for no more CPU (docs/adr/0027-allocator.md). The environment of the server takes precedence.
 */
const ALLOCATOR: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '262144',
  MALLOC_TRIM_THRESHOLD_: '1048576',
};

/**
 * The size is in MB. Under load, V8 lets the space for new objects grow to twice 16 MB and keeps it, although objects
 * of the children are short-lived (docs/adr/0027-allocator.md).
 */
const V8_FLAGS = ['--max-semi-space-size=2'];

/**
 * Starts a Node child with an IPC channel. The child is started through `nice`, because on Linux a priority set from
 * inside applies only to the main thread, and inference runs in other threads. `nice` replaces itself by Node, so its
 * pid is the child's.
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

/**
 * Lowers the priority of a child that was not started through `nice`. On Linux this applies only to the main thread.
 */
export function lowerPriority(pid: number, niceness: number): boolean {
  try {
    setPriority(pid, niceness);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns how to start a child process whose file is in the same folder as `importer`. In `dist/` plain Node runs it.
 * If the sources run directly (tests, development), the child gets the same TypeScript loader.
 */
export function childEntry(
  importer: string,
  name: string,
): { readonly file: string; readonly execArgv: readonly string[] } {
  const fromSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, importer));
  return { file, execArgv: fromSource ? ['--import', 'tsx'] : [] };
}
