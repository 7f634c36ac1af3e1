import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { ReadText } from './read-text.js';

/** CPU time of the whole machine since boot, over all cores, in one unit; only differences mean anything. */
export interface CpuTimes {
  readonly busy: number;
  /** Wanted by this machine and given to another guest of the same host. Part of `busy`: nobody here could use it. */
  readonly stolen: number;
  readonly total: number;
}

export interface MemoryReading {
  readonly totalBytes: number;
  /** What programs can still get, page cache that can be dropped included. */
  readonly availableBytes: number;
}

/** Sockets of the network namespace that the process is in. */
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

/** 1, 5 and 15 minutes. */
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

/** IPv4 and IPv6. Undefined where the kernel does not tell. */
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
