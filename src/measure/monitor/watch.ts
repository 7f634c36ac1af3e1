import { sleep, valueOf, type Clock, type MetricName, type MetricValue } from '../../core/index.js';
import type { MachineSample, Sampler } from '../../platform/machine/index.js';
import type { ServerGauges, ServerSample, ServerTurn } from './observation.js';
import type { ServerClient } from './server-client.js';

export interface WatchOptions {
  readonly clock: Clock;
  readonly client: ServerClient;
  /** Undefined: the server is on another machine, or nobody wants to know. */
  readonly sampler: Sampler | undefined;
  readonly everyMs: number;
  readonly onSample?: ((machine: MachineSample | undefined, server: ServerSample) => void) | undefined;
}

export interface Watched {
  /** Undefined: the server shows none to us. */
  readonly turns: readonly ServerTurn[] | undefined;
  readonly machineSamples: readonly (MachineSample & { readonly atS: number })[];
  readonly serverSamples: readonly ServerSample[];
}

/** The server keeps a bounded number of turns; asked this often, none is missed. */
const TURNS_EVERY_MS = 30_000;

/** Samples machine and server at a steady pace until the signal. What is late is not caught up: there is no second look at a past second. */
export async function watch(options: WatchOptions, signal: AbortSignal): Promise<Watched> {
  const { clock, client, sampler, everyMs, onSample } = options;
  const machineSamples: (MachineSample & { atS: number })[] = [];
  const serverSamples: ServerSample[] = [];
  const startMs = clock.nowMs();
  const turns = new TurnCollection();
  let turnsAtMs = startMs;
  // The first sample is what later ones are differences to.
  await sampler?.sample();
  for (let round = 1; !signal.aborted; round++) {
    await sleep(clock, startMs + round * everyMs - clock.nowMs(), signal).catch(() => undefined);
    if (signal.aborted) break;
    const atS = (clock.nowMs() - startMs) / 1000;
    const machine = await sampler?.sample();
    if (machine) machineSamples.push({ ...machine, atS });
    try {
      const { responseMs, ready } = await client.probe(signal);
      const values = responseMs === undefined ? undefined : await client.metrics(signal);
      const server: ServerSample = { atS, responseMs, ready, metrics: values && gaugesOf(values) };
      serverSamples.push(server);
      onSample?.(machine, server);
      if (clock.nowMs() - turnsAtMs >= TURNS_EVERY_MS) {
        turnsAtMs = clock.nowMs();
        turns.add(await client.turns(signal));
      }
    } catch {
      break; // the signal
    }
    // A server that answers slowly costs rounds, not a queue of them.
    round = Math.max(round, Math.floor((clock.nowMs() - startMs) / everyMs));
  }
  turns.add(await client.turns(new AbortController().signal));
  return { machineSamples, serverSamples, turns: turns.all };
}

/** Turns from several answers of the server, each once. */
class TurnCollection {
  #turns: Map<string, ServerTurn> | undefined;

  get all(): readonly ServerTurn[] | undefined {
    return this.#turns && [...this.#turns.values()];
  }

  add(turns: readonly ServerTurn[] | undefined): void {
    if (!turns) return;
    this.#turns ??= new Map();
    // Numbers begin anew with a server that was started again.
    for (const turn of turns) this.#turns.set(`${turn.id}@${turn.atWallMs}`, turn);
  }
}

/** Undefined for a page that is not of Chorus. */
export function gaugesOf(values: readonly MetricValue[]): ServerGauges | undefined {
  const value = (name: MetricName, labels?: Readonly<Record<string, string>>): number | undefined =>
    valueOf(values, name, labels);
  if (value('chorus_connections') === undefined) return undefined;
  const loopDelayS = value('chorus_event_loop_delay_seconds', { quantile: '0.99' });
  return {
    connections: value('chorus_connections'),
    talking: value('chorus_sessions_talking'),
    slotsBusy: value('chorus_slots_busy'),
    queued: value('chorus_queue_depth'),
    loopDelayP99Ms: loopDelayS === undefined ? undefined : loopDelayS * 1000,
    underrunsPredicted: value('chorus_underruns_predicted_total'),
    refused: value('chorus_admission_total', { result: 'refused' }),
    engineRestarts: value('chorus_engine_restarts_total'),
  };
}
