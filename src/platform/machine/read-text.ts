import { readFileSync } from 'node:fs';

/** The text of a file; undefined if it cannot be read. Tests use recorded files instead. */
export type ReadText = (path: string) => string | undefined;

/**
 * For /proc and /sys only. Synchronous on purpose: the kernel answers from memory in about 7 us, and an asynchronous
 * read of the same file costs about 100 us of CPU in the thread pool and its promises (measured, Node 20).
 */
export const readTextFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, another cgroup version, a controller that is off, or a process that has ended
  }
};
