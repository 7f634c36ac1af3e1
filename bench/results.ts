import type { FleetResult } from '../src/measure/fleet/index.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { alignedRows } from '../src/core/index.js';
import { describeMachine } from '../src/platform/machine/index.js';

export interface Line {
  readonly what: string;
  readonly value: string;
  readonly bound?: string;
  readonly holds?: boolean;
}

/** Prints the table and writes `bench/results/NAME.json`. Returns false if some limit is not met. */
export function report(name: string, lines: readonly Line[], data: unknown): boolean {
  const machine = describeMachine();
  console.log(`\n${name}  (${machine.cpu}, ${machine.cores} cores, Node ${machine.node})`);
  const rows = lines.map(({ what, value, bound, holds }) => {
    const verdict = holds === undefined ? '' : holds ? '  holds' : '  DOES NOT HOLD';
    return [what, `${value}${bound === undefined ? '' : `  (${bound})`}${verdict}`];
  });
  for (const row of alignedRows(rows)) console.log(`  ${row}`);
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ name, machine, lines, data }, null, 2)}\n`);
  return lines.every((line) => line.holds !== false);
}

/** Says whether the simulated devices were punctual. If they were late, the run proves nothing about the server. */
export function fleetLine({ valid, reasons }: Pick<FleetResult, 'valid' | 'reasons'>): Line {
  return {
    what: 'the fleet itself',
    value: valid ? 'was punctual' : reasons.map(({ detail }) => detail).join('; '),
    holds: valid,
  };
}

export function atMost(what: string, value: number, limit: number, unit: string, digits = 0): Line {
  return { what, value: `${value.toFixed(digits)} ${unit}`, bound: `at most ${limit} ${unit}`, holds: value <= limit };
}
