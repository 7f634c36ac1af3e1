import type { Clock } from '../../core/index.js';
import { type CgroupReader, type CgroupUsage, openCgroup } from './cgroup-usage.js';
import {
  type CpuTimes,
  type MemoryReading,
  parsePressure,
  type Pressure,
  readCpuTimes,
  readLoadAverage,
  readMemory,
  readSockets,
  type SocketCounts,
} from './load.js';
import { createProcessReader } from './process-reader.js';
import type { ProcessReader, ProcessReading } from './processes.js';
import { type ReadText, readTextFile } from './read-text.js';

export interface SamplerOptions {
  /** The server's main process. Its descendants, cgroup and network namespace are also sampled. */
  readonly rootPid?: number | undefined;
  readonly pids?: readonly number[] | undefined;
  readonly clock: Clock;
  /** Interval of PSS readings. The default is 5 s, because PSS costs ten times as much as all other readings. */
  readonly pssEveryMs?: number | false | undefined;
  readonly readText?: ReadText | undefined;
  readonly processes?: ProcessReader | undefined;
}

export interface ProcessSample extends Omit<ProcessReading, 'startedTicks'> {
  /** Cores used since the previous sample, e.g. 0.35. Undefined for a new process. */
  readonly cpuCores: number | undefined;
}

/** A value is undefined if this machine does not report it. */
export interface MachineSample {
  readonly atMs: number;
  readonly wallMs: number;
  /** Time since the previous sample. In the first sample, the interval and all rates are undefined. */
  readonly intervalMs: number | undefined;
  /** Busy share of all cores since the previous sample, 0 to 1. Includes `stolenShare`, which other guests used. */
  readonly cpuShare: number | undefined;
  readonly stolenShare: number | undefined;
  readonly loadAverage: readonly [number, number, number];
  readonly memory: MemoryReading;
  readonly pressure: {
    readonly cpu: Pressure | undefined;
    readonly memory: Pressure | undefined;
    readonly io: Pressure | undefined;
  };
  readonly sockets: SocketCounts | undefined;
  readonly cgroup: CgroupUsage | undefined;
  readonly cgroupCores: number | undefined;
  readonly processes: readonly ProcessSample[];
  /** CPU time of all processes so far, including ended ones. The value never decreases. */
  readonly processCpuSeconds: number;
  /** Sum of PSS, or of RSS if PSS is unknown. */
  readonly processMemoryBytes: number;
}

export interface Sampler {
  sample(): Promise<MachineSample>;
}

const DEFAULT_PSS_EVERY_MS = 5_000;

export function createSampler(options: SamplerOptions): Sampler {
  return new MachineSampler(options);
}

interface Before {
  readonly atMs: number;
  readonly cpu: CpuTimes;
  readonly cgroupSeconds: number | undefined;
}

class MachineSampler implements Sampler {
  readonly #readText: ReadText;
  readonly #processes: ProcessReader;
  readonly #roots: readonly number[];
  readonly #cgroup: CgroupReader | undefined;
  #seen = new Map<string, number>();
  #endedSeconds = 0;
  #before: Before | undefined;

  constructor(private readonly options: SamplerOptions) {
    this.#readText = options.readText ?? readTextFile;
    this.#processes =
      options.processes ??
      createProcessReader({
        readText: this.#readText,
        clock: options.clock,
        pssEveryMs: options.pssEveryMs ?? DEFAULT_PSS_EVERY_MS,
      });
    this.#roots = [...new Set([...(options.rootPid === undefined ? [] : [options.rootPid]), ...(options.pids ?? [])])];
    this.#cgroup = options.rootPid === undefined ? undefined : openCgroup(options.rootPid, this.#readText);
  }

  async sample(): Promise<MachineSample> {
    const { clock, rootPid } = this.options;
    const readText = this.#readText;
    const atMs = clock.nowMs();
    const cpu = readCpuTimes(readText);
    const cgroup = this.#cgroup?.read();
    const readings = await this.#processes.read(this.#roots);
    const before = this.#before;
    const intervalMs = before && atMs - before.atMs;
    this.#before = { atMs, cpu, cgroupSeconds: cgroup?.cpuSeconds };
    return {
      atMs,
      wallMs: clock.wallMs(),
      intervalMs,
      cpuShare: before && share(cpu.busy - before.cpu.busy, cpu.total - before.cpu.total),
      stolenShare: before && share(cpu.stolen - before.cpu.stolen, cpu.total - before.cpu.total),
      loadAverage: readLoadAverage(),
      memory: readMemory(readText),
      pressure: {
        cpu: parsePressure(readText('/proc/pressure/cpu')),
        memory: parsePressure(readText('/proc/pressure/memory')),
        io: parsePressure(readText('/proc/pressure/io')),
      },
      sockets: readSockets(rootPid ?? 'self', readText),
      cgroup,
      cgroupCores: cores(before?.cgroupSeconds, cgroup?.cpuSeconds, intervalMs),
      ...this.#processSamples(readings, intervalMs),
    };
  }

  #processSamples(
    readings: readonly ProcessReading[],
    intervalMs: number | undefined,
  ): Pick<MachineSample, 'processes' | 'processCpuSeconds' | 'processMemoryBytes'> {
    const seen = new Map<string, number>();
    const processes = readings.map(({ startedTicks, ...reading }): ProcessSample => {
      const key = `${reading.pid}@${startedTicks}`;
      const before = this.#seen.get(key);
      seen.set(key, reading.cpuSeconds);
      return { ...reading, cpuCores: cores(before, reading.cpuSeconds, intervalMs) };
    });
    for (const [key, cpuSeconds] of this.#seen) if (!seen.has(key)) this.#endedSeconds += cpuSeconds;
    this.#seen = seen;
    return {
      processes,
      processCpuSeconds: processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, this.#endedSeconds),
      processMemoryBytes: processes.reduce((sum, { pssBytes, rssBytes }) => sum + (pssBytes ?? rssBytes ?? 0), 0),
    };
  }
}

function share(part: number, whole: number): number | undefined {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : undefined;
}

function cores(
  beforeSeconds: number | undefined,
  nowSeconds: number | undefined,
  intervalMs: number | undefined,
): number | undefined {
  if (beforeSeconds === undefined || nowSeconds === undefined || intervalMs === undefined || intervalMs <= 0)
    return undefined;
  return Math.max(0, (nowSeconds - beforeSeconds) / (intervalMs / 1000));
}
