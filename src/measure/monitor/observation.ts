import type { FleetResult } from '../fleet/index.js';
import type { ServerIdentity, ServerTurn } from '../observer/server-client.js';
import type { MachineDescription, MachineSample } from '../../platform/machine/index.js';

/** `monitor` runs no simulated devices, and `test` does not watch the machine. */
export type MonitorMode = 'monitor' | 'test' | 'both';

export interface ServerSample {
  /** Seconds since the monitor began. */
  readonly atS: number;
  readonly responseMs: number | undefined;
  readonly ready: boolean | undefined;
  /** Undefined if the metrics do not exist, or this program may not read them. */
  readonly metrics: ServerGauges | undefined;
}

export interface ServerGauges {
  readonly connections: number | undefined;
  /** Number of device connections that the server accepts. Undefined for an earlier version of the server. */
  readonly connectionsLimit: number | undefined;
  readonly talking: number | undefined;
  readonly slotsBusy: number | undefined;
  /** Jobs of all kinds that wait for a CPU slot. */
  readonly queued: number | undefined;
  readonly loopDelayP99Ms: number | undefined;
  /** Number of underruns since the server's start, as the server predicts them. */
  readonly underrunsPredicted: number | undefined;
  readonly refused: number | undefined;
  readonly engineRestarts: number | undefined;
}

export interface Observation {
  readonly mode: MonitorMode;
  /** True if the server runs on the watched machine. */
  readonly local: boolean;
  readonly startedWallMs: number;
  readonly elapsedMs: number;
  /** The counted time lies between the warm-up and the last turns, which are still in progress. */
  readonly countedFromS: number;
  readonly countedToS: number;
  readonly interrupted: boolean;
  readonly machine: MachineDescription | undefined;
  readonly server: ServerIdentity;
  readonly machineSamples: readonly (MachineSample & { readonly atS: number })[];
  readonly serverSamples: readonly ServerSample[];
  /** Undefined if the server hides its turns. */
  readonly turns: readonly ServerTurn[] | undefined;
  readonly fleet: FleetResult | undefined;
}
