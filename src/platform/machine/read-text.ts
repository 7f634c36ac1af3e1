import { readFileSync } from 'node:fs';

/** The text of a file; undefined where it cannot be read. Replaced in tests by recorded files. */
export type ReadText = (path: string) => string | undefined;

/**
 * For /proc and /sys only. Synchronous on purpose: the kernel answers from memory in about 7 us, an asynchronous read of
 * the same file costs about 100 us of CPU in the thread pool and its promises (Node 20, measured).
 */
export const readTextFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, another cgroup version, a controller that is off, or a process that has ended
  }
};
