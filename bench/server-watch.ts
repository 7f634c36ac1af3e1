import { parseExposition, type Scope, sleep, systemClock as clock, valueOf } from '../src/core/index.js';
import { percentile } from '../src/measure/statistics.js';
import { createSampler, type MachineSample } from '../src/platform/machine/index.js';
import type { ServerUnderTest } from '../src/measure/bench/server-under-test.js';

export interface Look {
  /** Time of the sample by `Clock.nowMs`. */
  readonly atMs: number;
  /** Time of the sample by `Clock.wallMs`. */
  readonly atWallMs: number;
  /** CPU time of all processes of the server since the first sample. */
  readonly cpuSeconds: number;
  /**
   * Resident size of all processes together. Shared pages count in each process. The proportional size is not used,
   * because other programs influence it.
   */
  readonly memoryBytes: number;
  /** Resident size of the processes of each name. */
  readonly byProcess: Readonly<Record<string, number>>;
  /**
   * Memory of the server's control group, without page cache that can be dropped. Undefined if no control group limits
   * its memory.
   */
  readonly groupBytes: number | undefined;
  /** Largest allowed number of devices in conversations (`chorus_talking_limit`). */
  readonly ceiling: number | undefined;
  /** Current number of devices in conversations. */
  readonly conversations: number | undefined;
  /** Cores of one conversation, by the source of the figure. 0 if unknown. */
  readonly cost: { readonly table: number; readonly selfTest: number; readonly measured: number };
}

const EVERY_MS = 1000;
const METRICS_TIMEOUT_MS = 2000;

/**
 * Samples the server once a second until its scope is closed. With `metrics: false`, the cost of answering `/metrics`
 * does not show.
 */
export class ServerWatch {
  readonly looks: Look[] = [];

  constructor(
    private readonly server: ServerUnderTest,
    private readonly scope: Scope,
    private readonly options: { readonly metrics: boolean } = { metrics: true },
  ) {
    scope.fork('watch the server', (signal) => this.#watch(signal));
  }

  /** Average number of cores used between two moments. */
  cores(fromMs: number, toMs: number): number {
    const within = this.#within(fromMs, toMs);
    const [first, last] = [within[0], within.at(-1)];
    return first && last && last.atMs > first.atMs
      ? (last.cpuSeconds - first.cpuSeconds) / ((last.atMs - first.atMs) / 1000)
      : Number.NaN;
  }

  async during(forMs: number): Promise<readonly Look[]> {
    const fromMs = clock.nowMs();
    await sleep(clock, forMs, this.scope.signal);
    return this.#within(fromMs, clock.nowMs());
  }

  /** Largest memory between two moments. Without a control group, this is the resident size. */
  mostBytes(fromMs: number, toMs: number): number {
    return Math.max(0, ...this.#within(fromMs, toMs).map(({ memoryBytes, groupBytes }) => groupBytes ?? memoryBytes));
  }

  ceiling(
    fromMs: number,
    toMs: number,
  ): { readonly lowest: number; readonly median: number; readonly highest: number } {
    const values = this.#within(fromMs, toMs).flatMap(({ ceiling }) => ceiling ?? []);
    return { lowest: Math.min(...values), median: percentile(values, 0.5), highest: Math.max(...values) };
  }

  /** Resolves with the limit of conversations that the self-test gives. */
  async selfTested(withinMs: number, signal: AbortSignal): Promise<number> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += EVERY_MS) {
      const last = this.looks.at(-1);
      if (last?.ceiling !== undefined && last.cost.selfTest > 0) return last.ceiling;
      await sleep(clock, EVERY_MS, signal);
    }
    throw new Error(`no self-test within ${withinMs / 1000} s`);
  }

  #within(fromMs: number, toMs: number): readonly Look[] {
    return this.looks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const sampler = createSampler({ rootPid: this.server.pid, clock, pssEveryMs: false });
    let firstSeconds: number | undefined;
    while (!signal.aborted) {
      const sample = await sampler.sample();
      firstSeconds ??= sample.processCpuSeconds;
      const metrics = this.options.metrics ? await this.#metrics() : undefined;
      const of = (name: string, source?: string): number | undefined =>
        metrics && valueOf(metrics, name, source === undefined ? undefined : { source });
      this.looks.push({
        atMs: sample.atMs,
        atWallMs: sample.wallMs,
        cpuSeconds: sample.processCpuSeconds - firstSeconds,
        memoryBytes: sample.processMemoryBytes,
        byProcess: residentByName(sample.processes),
        groupBytes: sample.cgroup?.memoryLimitBytes === undefined ? undefined : sample.cgroup.workingSetBytes,
        ceiling: of('chorus_talking_limit'),
        conversations: of('chorus_conversations'),
        cost: {
          table: of('chorus_load_cost_cores', 'table') ?? 0,
          selfTest: of('chorus_load_cost_cores', 'self_test') ?? 0,
          measured: of('chorus_load_cost_cores', 'measured') ?? 0,
        },
      });
      await sleep(clock, EVERY_MS, signal).catch(() => undefined);
    }
  }

  async #metrics(): Promise<ReturnType<typeof parseExposition> | undefined> {
    try {
      const response = await fetch(`${this.server.baseUrl}/metrics`, {
        signal: AbortSignal.timeout(METRICS_TIMEOUT_MS),
      });
      return response.ok ? parseExposition(await response.text()) : undefined;
    } catch {
      return undefined; // The server is too busy to answer, or has ended.
    }
  }
}

/** The sample with the median memory among the last samples. */
export function settled(looks: readonly Look[], last = 5): Look {
  const sorted = looks.slice(-last).sort((a, b) => a.memoryBytes - b.memoryBytes);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new RangeError('the server was never looked at');
  return middle;
}

function residentByName(processes: MachineSample['processes']): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { name, rssBytes } of processes) sums[name] = (sums[name] ?? 0) + (rssBytes ?? 0);
  return sums;
}
