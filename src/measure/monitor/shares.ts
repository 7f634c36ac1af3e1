import type { Summary } from '../statistics.js';
import type { Figures } from './figures.js';

export function worstOf(summary: Summary | undefined): number | undefined {
  if (!summary || summary.kind === 'none') return undefined;
  return summary.kind === 'many' ? summary.p95 : summary.max;
}

/** A larger share of the machine's CPU, or of the time, is worth mentioning. */
export const MUCH = 0.2;

/** Returns the CPU share of other programs. Undefined if the machine or the server's processes were not watched. */
export function othersShare({ machine, fleetCores }: Figures): number | undefined {
  if (!machine || machine.processes.length === 0) return undefined;
  return Math.max(0, machine.cpuMean - machine.stolenMean - (machine.serverCores + fleetCores) / machine.cores);
}
