import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface SpawnOptions {
  /** The last argument, which tells the children apart in `ps`. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly niceness: number;
  /** The `nice` command. Undefined if there is none. */
  readonly niceCommand: string | undefined;
}

/** Children inherit only what a program needs, so that API keys stay in the main process. */
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
 * Settings for glibc's allocator. Two arenas are enough for a child's slots. The fixed threshold makes glibc return the
 * memory that loading a model needed. Recognition then takes a quarter less memory (docs/adr/0027-allocator.md).
 */
const ALLOCATOR: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '262144',
  MALLOC_TRIM_THRESHOLD_: '1048576',
};

/**
 * Size of the space for new objects, in MB. Under load, V8 would let this space grow and keep it, although the objects
 * are short-lived (docs/adr/0027-allocator.md).
 */
const V8_FLAGS = ['--max-semi-space-size=2'];

/** Uses `nice`, because on Linux a priority set from inside would not apply to the inference threads. */
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

/** For a child that was not started through `nice`. On Linux the priority applies only to the main thread. */
export function lowerPriority(pid: number, niceness: number): boolean {
  try {
    setPriority(pid, niceness);
    return true;
  } catch {
    return false;
  }
}

/** Finds the child's file beside `importer`. A child that runs from TypeScript sources gets the loader `tsx`. */
export function childEntry(
  importer: string,
  name: string,
): { readonly file: string; readonly execArgv: readonly string[] } {
  const fromSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, importer));
  return { file, execArgv: fromSource ? ['--import', 'tsx'] : [] };
}
