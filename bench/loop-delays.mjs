// Preload of the server under test, with `--import`. Every 10 ms it measures how late a timer of the main process
// fires, and writes the list at the end. The server's own metric shows only the worst value of the last 10 to 20 s.
import { writeFileSync } from 'node:fs';

const path = process.env.CHORUS_BENCH_LOOP_DELAYS;
const TICK_MS = 10;
/** Ticks in half an hour. */
const MAX_TICKS = 180_000;
// The server's child processes load this file too, but only the main process is measured.
if (path !== undefined && process.send === undefined) {
  const wallMs = new Float64Array(MAX_TICKS);
  const lateMs = new Float32Array(MAX_TICKS);
  let count = 0;
  let dueMs = performance.now() + TICK_MS;
  const tick = () => {
    const nowMs = performance.now();
    if (count < MAX_TICKS) {
      wallMs[count] = performance.timeOrigin + nowMs;
      lateMs[count] = Math.max(0, nowMs - dueMs);
      count += 1;
    }
    dueMs = nowMs + TICK_MS;
    setTimeout(tick, TICK_MS).unref();
  };
  setTimeout(tick, TICK_MS).unref();
  process.on('exit', () =>
    writeFileSync(
      path,
      JSON.stringify({
        wallMs: [...wallMs.subarray(0, count)],
        lateMs: [...lateMs.subarray(0, count)].map((value) => Math.round(value * 100) / 100),
      }),
    ),
  );
}
