// Loaded into the server under test with `--import`. Every five seconds it writes a line with the memory that V8 and
// the native code of the main process hold.
import { appendFileSync } from 'node:fs';

const file = process.env.CHORUS_BENCH_HEAP;
// The children of the server have another environment.
if (file !== undefined && process.send === undefined) {
  setInterval(() => {
    const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    appendFileSync(file, `${JSON.stringify({ atMs: Date.now(), heapUsed, heapTotal, external, arrayBuffers })}\n`);
  }, 5000).unref();
}
