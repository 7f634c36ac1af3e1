import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

// Kills child processes that a failed test left running. This hook is registered before the hooks of a test file, so it
// runs after them.
afterAll(() => {
  for (const pid of childrenOf(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  }
});

/** Works on Linux only; elsewhere the list is empty. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent && !isEsbuild(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** esbuild's process serves all test files of a worker and ends with the worker. */
function isEsbuild(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0--service=');
  } catch {
    return false;
  }
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The state and the parent's id follow the process name, which may contain spaces and brackets.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
