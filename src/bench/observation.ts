import { type Clock, parseExposition, sleep, valueOf, type MetricValue } from '../core/index.js';
import { createSampler, type MachineSample } from '../machine/index.js';

/** One look at the server and its machine, about once a second. `undefined`: not to be had. */
export interface Observation {
  /** Seconds since the fleet began. */
  readonly atS: number;
  /** Cores used by all processes of the server, and by each. */
  readonly serverCores: number | undefined;
  readonly serverBytes: number | undefined;
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly cores: number | undefined; readonly bytes: number | undefined }[];
  /** Busy share of the whole machine, the fleet and everybody else included. */
  readonly machineCpuShare: number | undefined;
  /** Share of the time in which somebody waited for CPU (PSI `some`, 10 s average), 0 to 1. */
  readonly cpuPressure: number | undefined;
  readonly queueDepth: number | undefined;
  readonly slotsBusy: number | undefined;
  readonly talking: number | undefined;
  readonly loopDelayP99Ms: number | undefined;
}

export interface ObserverOptions {
  /** The server's main process, which may change when it is restarted; undefined: a server elsewhere. */
  readonly pid: () => number | undefined;
  /** For `/metrics`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  onObservation?(observation: Observation): void;
}

const EVERY_MS = 1000;
/** `/metrics` costs the server a few milliseconds: seldom enough not to be seen in its load. */
const METRICS_EVERY = 2;
const METRICS_TIMEOUT_MS = 2000;
/** An hour; then every other observation is dropped, again and again. */
const MAX_OBSERVATIONS = 3600;

/** Looks at the server until the signal; what was seen so far can be read at any time. */
export class Observer {
  readonly #observations: Observation[] = [];
  #first: { readonly cpuSeconds: number; readonly atMs: number } | undefined;
  #last: { readonly cpuSeconds: number; readonly atMs: number } | undefined;
  #startMs: number;
  #metrics: readonly MetricValue[] = [];

  constructor(private readonly options: ObserverOptions) {
    this.#startMs = options.clock.nowMs();
  }

  get observations(): readonly Observation[] {
    return this.#observations;
  }

  /** The last exposition of the server; empty until the first came. */
  get metrics(): readonly MetricValue[] {
    return this.#metrics;
  }

  /** From now on `atS` counts. */
  begin(): void {
    this.#startMs = this.options.clock.nowMs();
  }

  /** From now on CPU is averaged: the end of the warm-up. */
  count(): void {
    this.#first = this.#last;
  }

  /** Cores that the server used on average since {@link count}. */
  get meanCores(): number | undefined {
    if (!this.#first || !this.#last || this.#last.atMs <= this.#first.atMs) return undefined;
    return (this.#last.cpuSeconds - this.#first.cpuSeconds) / ((this.#last.atMs - this.#first.atMs) / 1000);
  }

  /** Resolves when the signal is aborted. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    let pid: number | undefined;
    let sampler = createSampler({ clock });
    let dueMs = clock.nowMs();
    for (let round = 0; !signal.aborted; round++) {
      if (this.options.pid() !== pid) {
        pid = this.options.pid();
        sampler = createSampler({ clock, rootPid: pid });
      }
      if (round % METRICS_EVERY === 0) await this.#scrape(signal);
      this.#add(await sampler.sample(), pid !== undefined);
      dueMs += EVERY_MS;
      await sleep(clock, Math.max(0, dueMs - clock.nowMs()), signal).catch(() => undefined);
    }
  }

  async #scrape(signal: AbortSignal): Promise<void> {
    try {
      const response = await fetch(`${this.options.baseUrl}/metrics`, { signal: AbortSignal.any([signal, AbortSignal.timeout(METRICS_TIMEOUT_MS)]) });
      if (response.ok) this.#metrics = parseExposition(await response.text());
    } catch {
      // The run is over, the server is being restarted, or it is too busy to say: the last values stand.
    }
  }

  #add(sample: MachineSample, ours: boolean): void {
    const { cpuPressure } = { cpuPressure: sample.pressure.cpu?.some?.avg10 };
    if (ours) this.#last = { cpuSeconds: sample.processCpuSeconds, atMs: sample.atMs };
    this.#first ??= this.#last;
    const metric = (name: string, labels?: Readonly<Record<string, string>>): number | undefined => valueOf(this.#metrics, name, labels);
    const cores = sample.processes.map((process) => process.cpuCores);
    const observation: Observation = {
      atS: rounded((sample.atMs - this.#startMs) / 1000),
      serverCores: ours && cores.some((value) => value !== undefined) ? rounded(cores.reduce<number>((sum, value) => sum + (value ?? 0), 0)) : undefined,
      serverBytes: ours ? sample.processMemoryBytes : undefined,
      processes: ours ? sample.processes.map(({ name, pid, cpuCores, pssBytes, rssBytes }) => ({ name, pid, cores: cpuCores === undefined ? undefined : rounded(cpuCores), bytes: pssBytes ?? rssBytes })) : [],
      machineCpuShare: sample.cpuShare === undefined ? undefined : rounded(sample.cpuShare),
      cpuPressure,
      queueDepth: metric('chorus_queue_depth'),
      slotsBusy: metric('chorus_slots_busy'),
      talking: metric('chorus_sessions_talking'),
      loopDelayP99Ms: loopDelayMs(this.#metrics),
    };
    this.#observations.push(observation);
    if (this.#observations.length > MAX_OBSERVATIONS) this.#observations.splice(0, this.#observations.length, ...this.#observations.filter((_, index) => index % 2 === 1));
    this.options.onObservation?.(observation);
  }
}

function loopDelayMs(metrics: readonly MetricValue[]): number | undefined {
  const seconds = valueOf(metrics, 'chorus_event_loop_delay_seconds', { quantile: '0.99' });
  return seconds === undefined ? undefined : rounded(seconds * 1000);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
