import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { ReadText } from './read-text.js';

/** CPU time of all cores since boot, in an arbitrary unit. Only differences have a meaning. */
export interface CpuTimes {
  readonly busy: number;
  /** Time that the host gave to another guest. `busy` contains this time, because this machine could not use it. */
  readonly stolen: number;
  readonly total: number;
}

export interface MemoryReading {
  readonly totalBytes: number;
  /** Memory that programs can still allocate, including droppable page cache. */
  readonly availableBytes: number;
}

export interface SocketCounts {
  readonly used: number;
  readonly tcp: number;
  readonly tcpTimeWait: number;
  readonly udp: number;
}

export function readCpuTimes(readText: ReadText): CpuTimes {
  const line = /^cpu +(.+)$/m.exec(readText('/proc/stat') ?? '')?.[1];
  if (line === undefined) return cpuTimesOfSystem();
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, stolen = 0] = line
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + softirq + stolen;
  return { busy, stolen, total: busy + idle + iowait };
}

function cpuTimesOfSystem(): CpuTimes {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, stolen: 0, total: busy + idle };
}

export function readLoadAverage(): readonly [number, number, number] {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return [one, five, fifteen];
}

export function readMemory(readText: ReadText): MemoryReading {
  const text = readText('/proc/meminfo') ?? '';
  const bytes = (key: string): number | undefined => {
    const kilobytes = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  };
  return { totalBytes: bytes('MemTotal') ?? totalmem(), availableBytes: bytes('MemAvailable') ?? freemem() };
}

/** Counts the sockets of IPv4 and IPv6. Returns undefined if the kernel does not report them. */
export function readSockets(pid: number | 'self', readText: ReadText): SocketCounts | undefined {
  const text = readText(`/proc/${pid}/net/sockstat`);
  if (text === undefined) return undefined;
  const six = readText(`/proc/${pid}/net/sockstat6`) ?? '';
  return {
    used: firstNumber(/^sockets: used (\d+)/m, text),
    tcp: firstNumber(/^TCP: inuse (\d+)/m, text) + firstNumber(/^TCP6: inuse (\d+)/m, six),
    tcpTimeWait: firstNumber(/^TCP: .*\btw (\d+)/m, text),
    udp: firstNumber(/^UDP: inuse (\d+)/m, text) + firstNumber(/^UDP6: inuse (\d+)/m, six),
  };
}

function firstNumber(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** How long tasks waited for a resource (pressure stall information, PSI). */
export interface PressureLine {
  /** Share of the last 10 and 60 s in which tasks waited, from 0 to 1. */
  readonly avg10: number;
  readonly avg60: number;
  /** Seconds since boot in which tasks waited. */
  readonly totalSeconds: number;
}

export interface Pressure {
  readonly some: PressureLine;
  /** The kernel always reports 0 for the CPU of the whole machine. */
  readonly full: PressureLine | undefined;
}

/** Returns undefined if the kernel has no PSI. */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const some = pressureLine(text, 'some');
  return some && { some, full: pressureLine(text, 'full') };
}

function pressureLine(text: string | undefined, kind: string): PressureLine | undefined {
  const [, avg10, avg60, total] =
    new RegExp(`^${kind} avg10=([\\d.]+) avg60=([\\d.]+) avg300=[\\d.]+ total=(\\d+)$`, 'm').exec(text ?? '') ?? [];
  if (total === undefined) return undefined;
  return { avg10: Number(avg10) / 100, avg60: Number(avg60) / 100, totalSeconds: Number(total) / 1e6 };
}
