import type { Summary } from '../statistics.js';
import type { Figures } from './figures.js';

/** The worst value: the 95th percentile if the summary has one, otherwise the maximum. */
export function worstOf(summary: Summary | undefined): number | undefined {
  if (!summary || summary.kind === 'none') return undefined;
  return summary.kind === 'many' ? summary.p95 : summary.max;
}

/** CPU share of the machine from which another program is worth mentioning. */
export const MUCH = 0.2;

/**
 * Share of the machine's CPU that neither the server nor the simulated devices used. Undefined: the server's processes
 * are not known.
 */
export function othersShare({ machine, fleetCores }: Figures): number | undefined {
  if (!machine || machine.processes.length === 0) return undefined;
  return Math.max(0, machine.cpuMean - machine.stolenMean - (machine.serverCores + fleetCores) / machine.cores);
}
