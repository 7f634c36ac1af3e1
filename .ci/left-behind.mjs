// `left-behind.mjs SESSION`: fails and names the processes if any process of that session is still running. A process
// that has outlived its parent stays in the session. A process that has begun a session of its own is recognised by a
// mark in its environment.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const [session] = process.argv.slice(2);
const mark = `CHORUS_CI_RUN=${process.env.CHORUS_CI_RUN}\0`;

function isLeft(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields after the name, which may contain spaces and brackets: state, parent, group, session.
    const [state, , , own] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || Number(pid) === process.pid) return false;
    return own === session || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
  } catch {
    return false; // It has ended meanwhile, or belongs to another user.
  }
}

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isLeft(name));

if (existsSync('/proc/self/stat')) {
  let left = processes();
  // A process that was asked to end may need a moment.
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
