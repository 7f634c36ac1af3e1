import type { FleetResult } from '../fleet/index.js';
import type { ServerIdentity, ServerTurn } from '../observer/server-client.js';
import type { MachineDescription, MachineSample } from '../../platform/machine/index.js';

/** `monitor`: watches the server. `test`: simulated devices talk. `both`: does both. */
export type MonitorMode = 'monitor' | 'test' | 'both';

/** The server's answer to a readiness request, and its `/metrics` right after. */
export interface ServerSample {
  /** Seconds since the monitor began. */
  readonly atS: number;
  /** Undefined: no answer. */
  readonly responseMs: number | undefined;
  readonly ready: boolean | undefined;
  /** Undefined: the metrics do not exist, or this program may not read them. */
  readonly metrics: ServerGauges | undefined;
}

/** Values that are taken from `/metrics` with each sample. */
export interface ServerGauges {
  readonly connections: number | undefined;
  /** Number of device connections that the server accepts; undefined: the server is an earlier version. */
  readonly connectionsLimit: number | undefined;
  readonly talking: number | undefined;
  readonly slotsBusy: number | undefined;
  /** Jobs of all kinds that wait for a CPU slot. */
  readonly queued: number | undefined;
  /** 99th percentile of the event loop's delay in the last 10 to 20 s. */
  readonly loopDelayP99Ms: number | undefined;
  /** Number of underruns at devices since the server's start, as the server predicts them. */
  readonly underrunsPredicted: number | undefined;
  readonly refused: number | undefined;
  readonly engineRestarts: number | undefined;
}

/** The whole observation before its evaluation, as plain data. */
export interface Observation {
  readonly mode: MonitorMode;
  /** True: the server runs on the machine that was watched. */
  readonly local: boolean;
  readonly startedWallMs: number;
  readonly elapsedMs: number;
  /** Limits of the counted time. Earlier samples belong to the warm-up, later ones to the last turns in progress. */
  readonly countedFromS: number;
  readonly countedToS: number;
  readonly interrupted: boolean;
  readonly machine: MachineDescription | undefined;
  readonly server: ServerIdentity;
  readonly machineSamples: readonly (MachineSample & { readonly atS: number })[];
  readonly serverSamples: readonly ServerSample[];
  /** Undefined: the server does not show its turns. */
  readonly turns: readonly ServerTurn[] | undefined;
  readonly fleet: FleetResult | undefined;
}
