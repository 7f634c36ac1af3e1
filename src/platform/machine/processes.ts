import { readdirSync, statSync } from 'node:fs';
import type { Clock } from '../../core/index.js';
import { processName } from './process-name.js';
import type { ReadText } from './read-text.js';

/** A process at one moment. */
export interface ProcessReading {
  readonly pid: number;
  readonly parentPid: number;
  /** `main`, `listening`, `speaking`, `asr`, … ({@link processName}). */
  readonly name: string;
  /** User and system time since it began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number | undefined;
  /** Proportional set size: a page that n processes share counts as 1/n in each, so that the sum is true. Linux, own processes or root. */
  readonly pssBytes: number | undefined;
  readonly threads: number | undefined;
  /** Open file descriptors, sockets included. */
  readonly openFiles: number | undefined;
  /** Tells a process from a later one that got its number. */
  readonly startedTicks: number;
}

export interface ProcessReader {
  /** These processes and all their descendants; those that have ended are left out. */
  read(roots: readonly number[]): Promise<readonly ProcessReading[]>;
}

/** `CONFIG_HZ`-independent: what /proc counts in, 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** The tree is looked up anew at every so many readings, and when somebody has ended: children come seldom. */
const READINGS_PER_LOOKUP = 5;

interface Known {
  readonly name: string;
  readonly looks: number;
  readonly pssBytes: number | undefined;
  readonly pssAtMs: number;
}

export interface ProcReaderOptions {
  readonly readText: ReadText;
  readonly clock: Clock;
  /** How often PSS is read: the kernel walks the process's page tables for it, about 1 ms for 60 MB. */
  readonly pssEveryMs: number | false;
}

/** Reads /proc. The whole of it is listed only by kernels that do not tell a task's children. */
export class ProcReader implements ProcessReader {
  /** Of processes that are alive, by number and start. */
  #known = new Map<string, Known>();
  #pids: readonly number[] = [];
  #readings = 0;

  constructor(private readonly options: ProcReaderOptions) {}

  read(roots: readonly number[]): Promise<readonly ProcessReading[]> {
    if (this.#readings++ % READINGS_PER_LOOKUP === 0) this.#pids = this.#tree(roots);
    let readings = this.#readAll();
    if (readings.length < this.#pids.length) {
      this.#pids = this.#tree(roots);
      readings = this.#readAll();
    }
    return Promise.resolve(readings);
  }

  #readAll(): readonly ProcessReading[] {
    const known = new Map<string, Known>();
    const readings = this.#pids.flatMap((pid) => this.#readOne(pid, known) ?? []);
    this.#known = known;
    return readings;
  }

  #readOne(pid: number, stillKnown: Map<string, Known>): ProcessReading | undefined {
    const { readText } = this.options;
    const stat = statFields(readText(`/proc/${pid}/stat`));
    // A zombie has ended and only waits to be asked about.
    if (stat === undefined || stat[0] === 'Z' || stat[0] === 'X') return undefined;
    const startedTicks = Number(stat[19]);
    const known = this.#look(pid, this.#known.get(`${pid}@${startedTicks}`));
    stillKnown.set(`${pid}@${startedTicks}`, known);
    return {
      pid,
      parentPid: Number(stat[1]),
      name: known.name,
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND,
      rssBytes: kilobytes(readText(`/proc/${pid}/status`), 'VmRSS'),
      pssBytes: known.pssBytes,
      threads: Number(stat[17]),
      openFiles: openFilesOf(pid),
      startedTicks,
    };
  }

  /** A process may change its name right after its start (`nice` becomes Node), so it is read twice. */
  #look(pid: number, before: Known | undefined): Known {
    const { readText, clock, pssEveryMs } = this.options;
    const nowMs = clock.nowMs();
    const name =
      before === undefined || before.looks < 2 ? processName(readText(`/proc/${pid}/cmdline`) ?? '') : before.name;
    const looks = (before?.looks ?? 0) + 1;
    if (pssEveryMs === false) return { name, looks, pssBytes: undefined, pssAtMs: nowMs };
    if (before && nowMs - before.pssAtMs < pssEveryMs) return { ...before, name, looks };
    return { name, looks, pssBytes: kilobytes(readText(`/proc/${pid}/smaps_rollup`), 'Pss'), pssAtMs: nowMs };
  }

  #tree(roots: readonly number[]): readonly number[] {
    const found = new Set<number>();
    const byParent = this.#everyParent(roots);
    const visit = (pid: number): void => {
      if (found.has(pid)) return;
      found.add(pid);
      for (const child of byParent ? (byParent.get(pid) ?? []) : this.#childrenOf(pid)) visit(child);
    };
    for (const pid of roots) visit(pid);
    return [...found];
  }

  #childrenOf(pid: number): readonly number[] {
    // Whichever thread started it, a child is listed with that thread.
    return namesIn(`/proc/${pid}/task`).flatMap((thread) =>
      numbers(this.options.readText(`/proc/${pid}/task/${thread}/children`)),
    );
  }

  /** Undefined where the kernel tells the children of a task (CONFIG_PROC_CHILDREN), which is far cheaper. */
  #everyParent(roots: readonly number[]): ReadonlyMap<number, readonly number[]> | undefined {
    const root = roots[0];
    if (root === undefined || this.options.readText(`/proc/${root}/task/${root}/children`) !== undefined)
      return undefined;
    const children = new Map<number, number[]>();
    for (const entry of namesIn('/proc')) {
      const parent = /^\d+$/.test(entry)
        ? Number(statFields(this.options.readText(`/proc/${entry}/stat`))?.[1])
        : Number.NaN;
      if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    }
    return children;
  }
}

/** Fields after the command's name, which stands in parentheses and may hold anything: [0] is the state, [1] the parent. */
function statFields(stat: string | undefined): readonly string[] | undefined {
  return stat === undefined || stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function kilobytes(text: string | undefined, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

function openFilesOf(pid: number): number | undefined {
  try {
    // Since Linux 6.2 the size of the folder is the number of its entries; before, it is 0.
    const { size } = statSync(`/proc/${pid}/fd`);
    return size > 0 ? size : readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined; // another user's process, or it has ended
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // the process has ended, or this is not Linux
  }
}

function numbers(text: string | undefined): readonly number[] {
  return (text ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}
