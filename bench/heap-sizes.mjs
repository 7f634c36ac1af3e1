// Preload of the server under test, with `--import`. Every five seconds it writes a line with the memory of V8 and of
// native code in the main process.
import { appendFileSync } from 'node:fs';

const file = process.env.CHORUS_BENCH_HEAP;
// The server's child processes load this file too, but only the main process is measured.
if (file !== undefined && process.send === undefined) {
  setInterval(() => {
    const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    appendFileSync(file, `${JSON.stringify({ atMs: Date.now(), heapUsed, heapTotal, external, arrayBuffers })}\n`);
  }, 5000).unref();
}
