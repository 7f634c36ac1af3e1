import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';

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
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'SystemRoot', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE'];

/**
 * Starts a Node child with an IPC channel. Through `nice`, because a priority that is set from inside reaches only the
 * main thread on Linux, and inference runs in others. `nice` replaces itself by Node, so the pid is the child's.
 */
export function spawnChild(options: SpawnOptions): ChildProcess {
  const args = [...options.entry.execArgv, options.entry.file, options.name];
  const [command, commandArgs] =
    options.niceCommand === undefined || options.niceness === 0
      ? [process.execPath, args]
      : [options.niceCommand, ['-n', String(options.niceness), process.execPath, ...args]];
  const env: Record<string, string> = {};
  for (const key of INHERITED) {
    // oxlint-disable-next-line no-restricted-properties -- not configuration: the operating system's variables are passed on
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

/** The second best where there is no `nice`: right on Windows and macOS, only the main thread on Linux. */
export function lowerPriority(pid: number, niceness: number): boolean {
  try {
    setPriority(pid, niceness);
    return true;
  } catch {
    return false;
  }
}
