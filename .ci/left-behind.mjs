// `left-behind.mjs SESSION`: fails, and names them, if processes of that session are still there. A process that has
// outlived its parent stays in the session; one that began a session of its own is known by a mark in its environment.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const [session] = process.argv.slice(2);
const mark = `CHORUS_CI_RUN=${process.env.CHORUS_CI_RUN}\0`;

function isLeft(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may have spaces and brackets in it: state, parent, group, session.
    const [state, , , own] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || Number(pid) === process.pid) return false;
    return own === session || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
  } catch {
    return false; // It has ended meanwhile, or is another user's.
  }
}

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isLeft(name));

if (existsSync('/proc/self/stat')) {
  let left = processes();
  // A process that was told to end may need a moment.
  for (let tries = 0; tries < 20 && left.length > 0; tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    left = processes();
  }
  for (const pid of left) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    console.error(`left behind by the tests: ${pid} ${command}`);
  }
  if (left.length > 0) process.exit(1);
}
