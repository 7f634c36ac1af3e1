import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../src/measure/statistics.js';

interface Ticks {
  readonly wallMs: readonly number[];
  readonly lateMs: readonly number[];
}

/** How late the event loop of the server's main process was, from the list that `loop-delays.mjs` wrote. */
export class LoopDelays {
  readonly file = join(tmpdir(), `chorus-bench-loop-${process.pid}.json`);
  #ticks: Ticks | undefined;

  /** Lateness between two wall-clock times, in ms. */
  between(
    fromWallMs: number,
    toWallMs: number,
  ): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number; readonly worstTenSecondsP99Ms: number } {
    const { wallMs, lateMs } = (this.#ticks ??= JSON.parse(readFileSync(this.file, 'utf8')) as Ticks);
    const within = lateMs.filter((_, at) => (wallMs[at] ?? 0) >= fromWallMs && (wallMs[at] ?? 0) < toWallMs);
    const windows: number[] = [];
    for (let from = fromWallMs; from < toWallMs; from += 10_000) {
      const late = lateMs.filter(
        (_, at) => (wallMs[at] ?? 0) >= from && (wallMs[at] ?? 0) < Math.min(from + 10_000, toWallMs),
      );
      if (late.length >= 100) windows.push(percentile(late, 0.99));
    }
    return {
      p50Ms: percentile(within, 0.5),
      p99Ms: percentile(within, 0.99),
      maxMs: Math.max(0, ...within),
      worstTenSecondsP99Ms: Math.max(0, ...windows),
    };
  }

  forget(): void {
    rmSync(this.file, { force: true });
  }
}
