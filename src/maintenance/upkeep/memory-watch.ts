import { DAY_MS, HOUR_MS, MINUTE_MS, sleep, type Clock, type Logger } from '../../core/index.js';
import { FLOOR_EVERY_MS, floorsOf, memoryGrowth, type MemoryGrowth, type MemorySample } from './memory-growth.js';

/** A later process with the same pid has another key. */
export interface WatchedProcess {
  readonly key: string;
  /** E.g. `main` or `asr`. */
  readonly name: string;
  readonly pid: number;
  readonly bytes: number | undefined;
}

export interface GrowingProcess extends MemoryGrowth {
  readonly name: string;
  readonly pid: number;
}

export interface MemoryWatchOptions {
  readonly read: () => Promise<readonly WatchedProcess[]>;
  readonly clock: Clock;
  readonly log: Logger;
}

const LOOK_EVERY_MS = 60_000;
/** Growth just after a start is no leak, because processes load models and fill caches. */
const WARM_UP_MS = 30 * MINUTE_MS;
/** Two days of half hours. Older values say nothing about the present. */
const MAX_FLOORS = 96;
const WARN_EVERY_MS = DAY_MS;

interface Known {
  readonly name: string;
  readonly pid: number;
  readonly firstMs: number;
  floors: MemorySample[];
  samples: MemorySample[];
  growth: MemoryGrowth | undefined;
  warnedMs: number;
}

/** Warns if the memory of a process grows steadily. A reading of all processes takes about 0.3 ms. */
export class MemoryWatch {
  readonly #known = new Map<string, Known>();
  #sinceMs: number | undefined;

  constructor(private readonly options: MemoryWatchOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    for (;;) {
      await this.look();
      await sleep(clock, LOOK_EVERY_MS, signal);
    }
  }

  growing(): readonly GrowingProcess[] {
    return [...this.#known.values()].flatMap(({ name, pid, growth }) => (growth ? [{ name, pid, ...growth }] : []));
  }

  watchedHours(): number {
    return this.#sinceMs === undefined ? 0 : (this.options.clock.nowMs() - this.#sinceMs) / HOUR_MS;
  }

  async look(): Promise<void> {
    const { clock, read } = this.options;
    const processes = await read();
    const atMs = clock.nowMs();
    this.#sinceMs ??= atMs;
    const there = new Set(processes.map(({ key }) => key));
    for (const key of this.#known.keys()) if (!there.has(key)) this.#known.delete(key);
    for (const { key, name, pid, bytes } of processes) {
      const known = this.#known.get(key) ?? {
        name,
        pid,
        firstMs: atMs,
        floors: [],
        samples: [],
        growth: undefined,
        warnedMs: -Infinity,
      };
      this.#known.set(key, known);
      if (bytes !== undefined && atMs >= known.firstMs + WARM_UP_MS) this.#add(known, { atMs, bytes });
    }
  }

  #add(known: Known, sample: MemorySample): void {
    known.samples.push(sample);
    const [first] = known.samples;
    if (!first || sample.atMs < first.atMs + FLOOR_EVERY_MS) return;
    known.floors = [...known.floors, ...floorsOf(known.samples)].slice(-MAX_FLOORS);
    known.samples = [sample];
    known.growth = memoryGrowth(known.floors);
    if (known.growth && sample.atMs >= known.warnedMs + WARN_EVERY_MS) this.#warn(known, known.growth, sample.atMs);
  }

  #warn(known: Known, growth: MemoryGrowth, nowMs: number): void {
    known.warnedMs = nowMs;
    this.options.log.warn('the memory of a process grows steadily', {
      problem: 'machine.memory_grows',
      process: known.name,
      pid: known.pid,
      sizeMb: mb(growth.sizeBytes),
      mbPerHour: mb(growth.bytesPerHour),
      mbPerHourFrom: mb(growth.lowBytesPerHour),
      mbPerHourTo: mb(growth.highBytesPerHour),
      hours: Math.round(growth.hours * 10) / 10,
    });
  }
}

function mb(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
