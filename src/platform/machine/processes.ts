import { readdirSync, statSync } from 'node:fs';
import type { Clock } from '../../core/index.js';
import { processName } from './process-name.js';
import type { ReadText } from './read-text.js';

export interface ProcessReading {
  readonly pid: number;
  readonly parentPid: number;
  /** E.g. `main`, `listening`, `speaking` or `asr`. */
  readonly name: string;
  readonly cpuSeconds: number;
  readonly rssBytes: number | undefined;
  /** Proportional set size. A page shared by n processes counts as 1/n in each, so that sums are exact. Linux only. */
  readonly pssBytes: number | undefined;
  readonly threads: number | undefined;
  readonly openFiles: number | undefined;
  /** Distinguishes the process from a later one with the same number. */
  readonly startedTicks: number;
}

export interface ProcessReader {
  /** Also reads all descendants. Processes that have ended are left out. */
  read(roots: readonly number[]): Promise<readonly ProcessReading[]>;
}

/** /proc counts 100 ticks per second on every Linux that Node supports, whatever `CONFIG_HZ` is. */
const TICKS_PER_SECOND = 100;
/** Children are started rarely, so not every reading looks up the process tree. */
const READINGS_PER_LOOKUP = 5;

interface Known {
  readonly name: string;
  readonly looks: number;
  readonly pssBytes: number | undefined;
  readonly pssAtMs: number;
}

interface ProcReaderOptions {
  readonly readText: ReadText;
  readonly clock: Clock;
  /** The kernel walks the page tables for each PSS reading. A reading takes about 1 ms for 60 MB. */
  readonly pssEveryMs: number | false;
}

export class ProcReader implements ProcessReader {
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
    // A zombie has ended. It only waits until its parent collects the exit code.
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

  /** A process may change its name right after its start, so the name is read twice. */
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
    // The kernel lists each child under the thread that started it.
    return namesIn(`/proc/${pid}/task`).flatMap((thread) =>
      numbers(this.options.readText(`/proc/${pid}/task/${thread}/children`)),
    );
  }

  /** Reads all of /proc. Undefined if the kernel lists a task's children (CONFIG_PROC_CHILDREN), which is cheaper. */
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

/** Fields after the command name. The name is in parentheses and may contain anything. */
function statFields(stat: string | undefined): readonly string[] | undefined {
  return stat === undefined || stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function kilobytes(text: string | undefined, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

function openFilesOf(pid: number): number | undefined {
  try {
    // Since Linux 6.2, the folder's size is the number of its entries. Before, it was 0.
    const { size } = statSync(`/proc/${pid}/fd`);
    return size > 0 ? size : readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined; // The process has ended, or belongs to another user.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process has ended, or this is not Linux.
  }
}

function numbers(text: string | undefined): readonly number[] {
  return (text ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}
