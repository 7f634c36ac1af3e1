// Preload of the server under test, with `--expose-gc --import`. SIGUSR2 collects all garbage of the main process and
// writes the remaining memory.
import { writeFileSync } from 'node:fs';

const file = process.env.CHORUS_BENCH_COLLECTED;
// The server's child processes load this file too, but only the main process is measured.
if (file !== undefined && process.send === undefined) {
  process.on('SIGUSR2', () => {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    writeFileSync(file, JSON.stringify({ atMs: Date.now(), heapUsed, external, arrayBuffers }));
  });
}
