import type { MachineSample, ProcessSample } from '../../platform/machine/index.js';

/** Resources of all processes with one name, added up. */
export interface ProcessFigures {
  readonly name: string;
  /** Average number of cores in use. */
  readonly cores: number;
  readonly memoryMaxBytes: number;
}

/** Resources of the machine. Shares are 0 to 1. */
export interface MachineFigures {
  readonly cores: number;
  readonly cpuMean: number;
  readonly cpuMax: number;
  /** Share of the CPU that other guests on the same host took. */
  readonly stolenMean: number;
  /** Largest share of the memory that was not available to programs. */
  readonly memoryMax: number;
  readonly memoryTotalBytes: number;
  readonly loadMean: number;
  /** Share of the time in which a task waited for CPU, memory or disk (PSI). Undefined without PSI. */
  readonly waitedForCpu: number | undefined;
  readonly waitedForMemory: number | undefined;
  readonly waitedForDisk: number | undefined;
  readonly socketsMax: number | undefined;
  /** Undefined if the server has no control group with limits. */
  readonly container: ContainerFigures | undefined;
  /** Processes of the server, highest CPU first. Empty if the processes are not known. */
  readonly processes: readonly ProcessFigures[];
  readonly serverCores: number;
  readonly serverMemoryMaxBytes: number;
}

export interface ContainerFigures {
  /** Share of the CPU quota. Undefined without a quota. */
  readonly cpuMean: number | undefined;
  readonly cpuQuota: number | undefined;
  /** Share of the scheduling periods in which the quota was exhausted. */
  readonly throttled: number | undefined;
  /** Share of the memory limit. Undefined without a limit. */
  readonly memoryMax: number | undefined;
  readonly memoryLimitBytes: number | undefined;
}

/** In averages, each sample has the weight of its duration. Returns undefined if there are no samples. */
export function machineFigures(
  samples: readonly MachineSample[],
  cores: number | undefined,
): MachineFigures | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return undefined;
  const processes = processFigures(samples);
  return {
    cores: cores ?? 1,
    cpuMean: mean(samples, ({ cpuShare }) => cpuShare),
    cpuMax: Math.max(...samples.map(({ cpuShare }) => cpuShare ?? 0)),
    stolenMean: mean(samples, ({ stolenShare }) => stolenShare),
    memoryMax: Math.max(...samples.map(({ memory }) => 1 - memory.availableBytes / memory.totalBytes)),
    memoryTotalBytes: last.memory.totalBytes,
    loadMean: mean(samples, ({ loadAverage }) => loadAverage[0]),
    waitedForCpu: waited(first, last, 'cpu'),
    waitedForMemory: waited(first, last, 'memory'),
    waitedForDisk: waited(first, last, 'io'),
    socketsMax: last.sockets && Math.max(...samples.map(({ sockets }) => sockets?.tcp ?? 0)),
    container: containerFigures(samples, first, last),
    processes,
    serverCores: processes.reduce((sum, process) => sum + process.cores, 0),
    serverMemoryMaxBytes: Math.max(...samples.map(({ processMemoryBytes }) => processMemoryBytes)),
  };
}

function containerFigures(
  samples: readonly MachineSample[],
  first: MachineSample,
  last: MachineSample,
): ContainerFigures | undefined {
  const { cgroup } = last;
  if (!cgroup || (cgroup.cpuQuota === undefined && cgroup.memoryLimitBytes === undefined)) return undefined;
  const { cpuQuota, memoryLimitBytes } = cgroup;
  const periods = (cgroup.periods ?? 0) - (first.cgroup?.periods ?? 0);
  return {
    cpuQuota,
    cpuMean: cpuQuota === undefined ? undefined : mean(samples, ({ cgroupCores }) => cgroupCores) / cpuQuota,
    throttled:
      periods > 0 ? ((cgroup.throttledPeriods ?? 0) - (first.cgroup?.throttledPeriods ?? 0)) / periods : undefined,
    memoryLimitBytes,
    memoryMax:
      memoryLimitBytes === undefined
        ? undefined
        : Math.max(
            ...samples.map(
              (sample) => (sample.cgroup?.workingSetBytes ?? sample.cgroup?.memoryBytes ?? 0) / memoryLimitBytes,
            ),
          ),
  };
}

function processFigures(samples: readonly MachineSample[]): ProcessFigures[] {
  const names = new Set(samples.flatMap(({ processes }) => processes.map(({ name }) => name)));
  return [...names]
    .map((name) => ({
      name,
      cores: mean(samples, (sample) => total(sample, name, ({ cpuCores }) => cpuCores)),
      memoryMaxBytes: Math.max(
        ...samples.map((sample) => total(sample, name, ({ pssBytes, rssBytes }) => pssBytes ?? rssBytes)),
      ),
    }))
    .sort((a, b) => b.cores - a.cores || b.memoryMaxBytes - a.memoryMaxBytes);
}

function total(sample: MachineSample, name: string, of: (process: ProcessSample) => number | undefined): number {
  return sample.processes.reduce((sum, process) => sum + (process.name === name ? (of(process) ?? 0) : 0), 0);
}

function waited(first: MachineSample, last: MachineSample, resource: 'cpu' | 'memory' | 'io'): number | undefined {
  const [before, after] = [first.pressure[resource], last.pressure[resource]];
  const seconds = (last.atMs - first.atMs) / 1000;
  return before && after && seconds > 0
    ? Math.max(0, after.some.totalSeconds - before.some.totalSeconds) / seconds
    : undefined;
}

function mean(samples: readonly MachineSample[], of: (sample: MachineSample) => number | undefined): number {
  let total = 0;
  let weight = 0;
  for (const sample of samples) {
    const value = of(sample);
    if (value === undefined) continue;
    const intervalMs = sample.intervalMs ?? 1;
    total += value * intervalMs;
    weight += intervalMs;
  }
  return weight === 0 ? 0 : total / weight;
}
