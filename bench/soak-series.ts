import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/core/index.js';
import { createSampler, readTextFile, type Sampler } from '../src/platform/machine/index.js';

export interface ProcessPoint {
  /** Time since the devices began. */
  readonly atMs: number;
  readonly pid: number;
  readonly rssBytes: number;
  /** Only anonymous pages, which no other process shares. */
  readonly anonymousBytes: number;
  readonly pssBytes: number | undefined;
  readonly openFiles: number;
}

/** The samples by process role: `main`, `listening`, `speaking`, `asr`. */
export class SoakSeries {
  readonly processes = new Map<string, ProcessPoint[]>();
  readonly logBytes: number[] = [];
  readonly dataBytes: number[] = [];
  samples = 0;
  readonly #sampler: Sampler;
  readonly #startMs = systemClock.nowMs();

  constructor(
    rootPid: number,
    private readonly dataDir: string,
  ) {
    this.#sampler = createSampler({ rootPid, clock: systemClock, pssEveryMs: 15_000 });
  }

  get elapsedMs(): number {
    return systemClock.nowMs() - this.#startMs;
  }

  async sample(): Promise<void> {
    const { processes } = await this.#sampler.sample();
    const atMs = this.elapsedMs;
    this.samples += 1;
    for (const { name, pid, rssBytes, pssBytes, openFiles } of processes) {
      const anonymous = /^RssAnon:\s+(\d+) kB/m.exec(readTextFile(`/proc/${pid}/status`) ?? '')?.[1];
      if (rssBytes === undefined || openFiles === undefined || anonymous === undefined) continue;
      const points = this.processes.get(name) ?? [];
      this.processes.set(name, points);
      points.push({ atMs, pid, rssBytes, anonymousBytes: Number(anonymous) * 1024, pssBytes, openFiles });
    }
    this.logBytes.push(bytesIn(this.dataDir, (name) => name.endsWith('.log')));
    this.dataBytes.push(bytesIn(this.dataDir, () => true));
  }
}

/** Total size of the files in the folder, without subfolders. */
function bytesIn(folder: string, wanted: (name: string) => boolean): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + (wanted(name) ? (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) : 0),
    0,
  );
}
