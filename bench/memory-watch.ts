import { sleep, systemClock as clock } from '../src/core/index.js';
import { createSampler, type MachineSample } from '../src/machine/index.js';

/** Resident memory of the server's processes at one moment. */
export interface MemoryReading {
  readonly atWallMs: number;
  readonly totalBytes: number;
  readonly byProcess: Readonly<Record<string, number>>;
}

/**
 * Resident sizes, summed: a page that several processes share counts in each, before and after alike. (The proportional size changes with what else runs
 * on the machine.)
 */
export class MemoryWatch {
  readonly #sampler;

  constructor(pid: number) {
    this.#sampler = createSampler({ rootPid: pid, clock, pssEveryMs: false });
  }

  async read(): Promise<MemoryReading> {
    const { wallMs, processes } = await this.#sampler.sample();
    return { atWallMs: wallMs, totalBytes: processes.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0), byProcess: byName(processes) };
  }

  /** One reading a second. */
  async watch(forMs: number): Promise<readonly MemoryReading[]> {
    const readings: MemoryReading[] = [];
    const untilMs = clock.nowMs() + forMs;
    for (let dueMs = clock.nowMs(); dueMs <= untilMs; dueMs += 1000) {
      await sleep(clock, Math.max(0, dueMs - clock.nowMs()));
      readings.push(await this.read());
    }
    return readings;
  }
}

/** The middle one of the last readings. */
export function settled(readings: readonly MemoryReading[], last = 5): MemoryReading {
  const sorted = readings.slice(-last).sort((a, b) => a.totalBytes - b.totalBytes);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new RangeError('memory was never read');
  return middle;
}

function byName(processes: MachineSample['processes']): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { name, rssBytes } of processes) sums[name] = (sums[name] ?? 0) + (rssBytes ?? 0);
  return sums;
}
