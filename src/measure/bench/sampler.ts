import { type Clock, valueOf, type MetricValue } from '../../core/index.js';
import { createSampler, type MachineSample, type Sampler } from '../../platform/machine/index.js';
import { observeServer } from '../observer/observer.js';
import { loopDelayP99Ms, ServerClient } from '../observer/server-client.js';

/** A sample of the server and its machine, taken about once a second. Undefined values are not available. */
export interface BenchSample {
  /** Seconds since the fleet began. */
  readonly atS: number;
  readonly serverCores: number | undefined;
  readonly serverBytes: number | undefined;
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly cores: number | undefined;
    readonly bytes: number | undefined;
  }[];
  /** Busy share of the whole machine, including the fleet and all other programs. */
  readonly machineCpuShare: number | undefined;
  /** Share of the time in which some task waited for CPU (PSI `some`, 10 s average), 0 to 1. */
  readonly cpuPressure: number | undefined;
  readonly queueDepth: number | undefined;
  readonly slotsBusy: number | undefined;
  readonly talking: number | undefined;
  readonly loopDelayP99Ms: number | undefined;
}

export interface BenchSamplerOptions {
  /** The main process changes with a restart of the server. Undefined if the server runs elsewhere. */
  readonly pid: () => number | undefined;
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Tests replace it. */
  readonly createSampler?: (pid: number | undefined) => Sampler;
}

const EVERY_MS = 1000;
/** Every second sample reads `/metrics`, because a reading costs the server a few milliseconds. */
const METRICS_EVERY = 2;
const METRICS_TIMEOUT_MS = 2000;
/** One hour of samples. If there are more, every second sample is dropped. */
const MAX_OBSERVATIONS = 3600;

/** Totals of all processes that the server has had. */
interface Mark {
  readonly atMs: number;
  readonly cpuSeconds: number | undefined;
  readonly metrics: readonly MetricValue[];
}

export class BenchSampler {
  readonly #observations: BenchSample[] = [];
  #startMs: number;
  #cpuSeconds = 0;
  #metrics: readonly MetricValue[] = [];
  /** Last values of earlier processes. CPU time and counters of a restarted server begin at zero again. */
  #earlier: { readonly cpuSeconds: number; readonly metrics: readonly MetricValue[] } = { cpuSeconds: 0, metrics: [] };
  #first: Mark | undefined;
  #last: Mark | undefined;
  #markNext = false;

  constructor(private readonly options: BenchSamplerOptions) {
    this.#startMs = options.clock.nowMs();
  }

  get observations(): readonly BenchSample[] {
    return this.#observations;
  }

  /** Restarts the count of `atS`. */
  begin(): void {
    this.#startMs = this.options.clock.nowMs();
  }

  /** Begins the counted window with the next sample. Call it at the end of the warm-up. */
  count(): void {
    this.#markNext = true;
  }

  /** Length of the counted window in seconds, from the first sample after {@link count} to the last one. */
  get windowS(): number {
    return this.#first && this.#last ? (this.#last.atMs - this.#first.atMs) / 1000 : 0;
  }

  /** Mean over the counted window. */
  get meanCores(): number | undefined {
    const [from, to] = [this.#first?.cpuSeconds, this.#last?.cpuSeconds];
    return from === undefined || to === undefined || this.windowS <= 0 ? undefined : (to - from) / this.windowS;
  }

  /** Growth of a server's counter in the counted window. Returns undefined if there is no such counter. */
  grown(name: string, labels?: Readonly<Record<string, string>>): number | undefined {
    const to = this.#last && valueOf(this.#last.metrics, name, labels);
    return to === undefined || !this.#first ? undefined : to - (valueOf(this.#first.metrics, name, labels) ?? 0);
  }

  /** Resolves when the signal is aborted, after a last sample. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, baseUrl } = this.options;
    const samplerOf = this.options.createSampler ?? ((rootPid) => createSampler({ clock, rootPid }));
    let pid: number | undefined;
    let sampler = samplerOf(pid);
    let marks = false;
    const client = new ServerClient({ baseUrl, clock, timeoutMs: METRICS_TIMEOUT_MS });
    await observeServer(
      {
        clock,
        client,
        everyMs: EVERY_MS,
        lastLook: true,
        sampler: () => {
          if (this.options.pid() !== pid) {
            pid = this.options.pid();
            sampler = samplerOf(pid);
            this.#restarted();
          }
          return sampler;
        },
        readsMetrics: (round, last) => {
          marks = last || this.#markNext;
          return marks || round % METRICS_EVERY === 0;
        },
        onLook: ({ machine, metrics }) => {
          // While the server is too busy to answer, the last values remain.
          this.#metrics = metrics ?? this.#metrics;
          if (!machine) return;
          this.#cpuSeconds = machine.processCpuSeconds;
          this.#add(machine, pid !== undefined);
          if (!marks) return;
          this.#mark({
            atMs: machine.atMs,
            cpuSeconds: pid === undefined ? undefined : this.#earlier.cpuSeconds + this.#cpuSeconds,
            metrics: [...this.#earlier.metrics, ...this.#metrics],
          });
        },
      },
      signal,
    );
  }

  #restarted(): void {
    this.#earlier = {
      cpuSeconds: this.#earlier.cpuSeconds + this.#cpuSeconds,
      metrics: [...this.#earlier.metrics, ...this.#metrics],
    };
    this.#cpuSeconds = 0;
    this.#metrics = [];
  }

  #mark(mark: Mark): void {
    this.#markNext = false;
    if (this.#first) this.#last = mark;
    else this.#first = mark;
  }

  #add(sample: MachineSample, ours: boolean): void {
    const metric = (name: string, labels?: Readonly<Record<string, string>>): number | undefined =>
      valueOf(this.#metrics, name, labels);
    const cores = sample.processes.map((process) => process.cpuCores);
    const observation: BenchSample = {
      atS: rounded((sample.atMs - this.#startMs) / 1000),
      serverCores:
        ours && cores.some((value) => value !== undefined)
          ? rounded(cores.reduce<number>((sum, value) => sum + (value ?? 0), 0))
          : undefined,
      serverBytes: ours ? sample.processMemoryBytes : undefined,
      processes: ours
        ? sample.processes.map(({ name, pid, cpuCores, pssBytes, rssBytes }) => ({
            name,
            pid,
            cores: rounded(cpuCores),
            bytes: pssBytes ?? rssBytes,
          }))
        : [],
      machineCpuShare: rounded(sample.cpuShare),
      cpuPressure: sample.pressure.cpu?.some.avg10,
      queueDepth: metric('chorus_queue_depth'),
      slotsBusy: metric('chorus_slots_busy'),
      talking: metric('chorus_sessions_talking'),
      loopDelayP99Ms: rounded(loopDelayP99Ms(this.#metrics)),
    };
    this.#observations.push(observation);
    if (this.#observations.length > MAX_OBSERVATIONS)
      this.#observations.splice(
        0,
        this.#observations.length,
        ...this.#observations.filter((_, index) => index % 2 === 1),
      );
  }
}

function rounded<T extends number | undefined>(value: T): T {
  return (value === undefined ? undefined : Math.round(value * 1000) / 1000) as T;
}
