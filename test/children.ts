import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

// A test that fails may not get to the end of what it has started, and a server would live on with nobody to stop it.
// This is set up before the hooks of a file, and so comes after them.
afterAll(() => {
  for (const pid of childrenOf(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
});

/** Linux only; elsewhere none. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent && !isEsbuild(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** esbuild's process serves all files of a worker, and ends with it. */
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
    // After the name, which may have spaces and brackets in it: the state, and the parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
