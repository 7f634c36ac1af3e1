// Tells processes of this session that were not there before: `left-behind.mjs` prints those that there are,
// `left-behind.mjs FILE` those that are not in the file, and fails if there are any. A process that has outlived its
// parent stays in the session; one that began a session of its own is known by a mark in its environment.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const MARK = 'CHORUS_CI_RUN';

/** Fields after the name, which may have spaces and brackets in it: state, parent, group, session, ... start. */
function fieldsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function processes() {
  const session = fieldsOf('self')[3];
  const mark = process.env[MARK] === undefined ? undefined : `${MARK}=${process.env[MARK]}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = fieldsOf(pid);
        if (fields[0] === 'Z' || Number(pid) === process.pid) return [];
        const isOurs =
          fields[3] === session ||
          (mark !== undefined && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark));
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // With its start: a number may be given again.
        return isOurs ? [`${pid} ${fields[19]} ${command}`] : [];
      } catch {
        return []; // It has ended meanwhile, or is another user's.
      }
    });
}

if (existsSync('/proc/self/stat')) {
  const [file] = process.argv.slice(2);
  if (file === undefined) console.log(processes().join('\n'));
  else {
    const before = new Set(readFileSync(file, 'utf8').split('\n'));
    let left = [];
    // What was told to end may need a moment.
    for (let tries = 0; tries < 20; tries++) {
      left = processes().filter((line) => !before.has(line));
      if (left.length === 0) break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
    for (const line of left) console.error(`left behind: ${line}`);
    if (left.length > 0) process.exit(1);
  }
}
