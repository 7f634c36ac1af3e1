import type { FleetResult } from '../fleet/index.js';
import type { ServerIdentity, ServerTurn } from '../observer/server-client.js';
import type { MachineDescription, MachineSample } from '../../platform/machine/index.js';

/** `monitor`: the server is watched. `test`: simulated devices talk. `both`: both of these. */
export type MonitorMode = 'monitor' | 'test' | 'both';

/** The server's answer to the question whether it is there, and its `/metrics` right after. */
export interface ServerSample {
  /** Seconds since the monitor began. */
  readonly atS: number;
  /** Undefined: no answer. */
  readonly responseMs: number | undefined;
  readonly ready: boolean | undefined;
  /** Undefined: reading them is not allowed, or they do not exist. */
  readonly metrics: ServerGauges | undefined;
}

/** Values that are taken from `/metrics` with each sample. */
export interface ServerGauges {
  readonly connections: number | undefined;
  /** Device connections that the server accepts; undefined for a server of an earlier version. */
  readonly connectionsLimit: number | undefined;
  readonly talking: number | undefined;
  readonly slotsBusy: number | undefined;
  /** Jobs that wait for a CPU slot, all kinds. */
  readonly queued: number | undefined;
  /** 99th percentile of the event loop's delay in the last 10 to 20 s. */
  readonly loopDelayP99Ms: number | undefined;
  /** Number of underruns at devices since the server began, as the server predicts them. */
  readonly underrunsPredicted: number | undefined;
  readonly refused: number | undefined;
  readonly engineRestarts: number | undefined;
}

/** Everything that was observed, before it is evaluated. Plain data. */
export interface Observation {
  readonly mode: MonitorMode;
  /** True: the server runs on the machine that was watched. */
  readonly local: boolean;
  readonly startedWallMs: number;
  readonly elapsedMs: number;
  /** Counted time. Earlier samples belong to the warm-up, later ones to the last turns that are being finished. */
  readonly countedFromS: number;
  readonly countedToS: number;
  readonly interrupted: boolean;
  readonly machine: MachineDescription | undefined;
  readonly server: ServerIdentity;
  readonly machineSamples: readonly (MachineSample & { readonly atS: number })[];
  readonly serverSamples: readonly ServerSample[];
  /** Undefined: the server does not show its turns to us. */
  readonly turns: readonly ServerTurn[] | undefined;
  readonly fleet: FleetResult | undefined;
}
