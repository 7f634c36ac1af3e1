import { valueOf, type Clock, type MetricName, type MetricValue } from '../../core/index.js';
import type { MachineSample, Sampler } from '../../platform/machine/index.js';
import { observeServer } from '../observer/observer.js';
import { loopDelayP99Ms, type ServerClient, type ServerTurn } from '../observer/server-client.js';
import type { ServerGauges, ServerSample } from './observation.js';

export interface WatchOptions {
  readonly clock: Clock;
  readonly client: ServerClient;
  readonly sampler: Sampler | undefined;
  readonly everyMs: number;
  readonly onSample: (machine: MachineSample | undefined, server: ServerSample) => void;
}

export interface Watched {
  readonly turns: readonly ServerTurn[] | undefined;
  readonly machineSamples: readonly (MachineSample & { readonly atS: number })[];
  readonly serverSamples: readonly ServerSample[];
}

/** The server keeps a bounded number of turns. This interval is short enough to miss none. */
const TURNS_EVERY_MS = 30_000;

export async function watch({ sampler, onSample, ...options }: WatchOptions, signal: AbortSignal): Promise<Watched> {
  const { clock, client } = options;
  const machineSamples: (MachineSample & { atS: number })[] = [];
  const serverSamples: ServerSample[] = [];
  const startMs = clock.nowMs();
  const turns = new TurnCollection();
  let turnsAtMs = startMs;
  await observeServer(
    {
      ...options,
      sampler: () => sampler,
      probe: true,
      onLook: async ({ atMs, machine, probe, metrics }) => {
        const atS = (atMs - startMs) / 1000;
        if (machine) machineSamples.push({ ...machine, atS });
        const server: ServerSample = {
          atS,
          responseMs: probe?.responseMs,
          ready: probe?.ready,
          metrics: metrics && gaugesOf(metrics),
        };
        serverSamples.push(server);
        onSample(machine, server);
        if (clock.nowMs() - turnsAtMs < TURNS_EVERY_MS) return;
        turnsAtMs = clock.nowMs();
        turns.add(await client.turns(signal));
      },
    },
    signal,
  );
  turns.add(await client.turns(new AbortController().signal));
  return { machineSamples, serverSamples, turns: turns.all };
}

class TurnCollection {
  #turns: Map<string, ServerTurn> | undefined;

  get all(): readonly ServerTurn[] | undefined {
    return this.#turns && [...this.#turns.values()];
  }

  add(turns: readonly ServerTurn[] | undefined): void {
    if (!turns) return;
    this.#turns ??= new Map();
    // A restarted server numbers its turns from the beginning, so the time is part of the key.
    for (const turn of turns) this.#turns.set(`${turn.id}@${turn.atWallMs}`, turn);
  }
}

/** Returns undefined if the page is not from Chorus. */
export function gaugesOf(values: readonly MetricValue[]): ServerGauges | undefined {
  const value = (name: MetricName, labels?: Readonly<Record<string, string>>): number | undefined =>
    valueOf(values, name, labels);
  if (value('chorus_connections') === undefined) return undefined;
  return {
    connections: value('chorus_connections'),
    connectionsLimit: value('chorus_connections_limit'),
    talking: value('chorus_sessions_talking'),
    slotsBusy: value('chorus_slots_busy'),
    queued: value('chorus_queue_depth'),
    loopDelayP99Ms: loopDelayP99Ms(values),
    underrunsPredicted: value('chorus_underruns_predicted_total'),
    refused: value('chorus_admission_total', { result: 'refused' }),
    engineRestarts: value('chorus_engine_restarts_total'),
  };
}
