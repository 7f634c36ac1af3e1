import { sleep, type Clock, type MetricValue } from '../../core/index.js';
import type { MachineSample, Sampler } from '../../platform/machine/index.js';
import type { Probe, ServerClient } from './server-client.js';

export interface ServerLook {
  /** `Clock.nowMs` when the sample began. */
  readonly atMs: number;
  /** Undefined if the server is on another machine, or this machine is not watched. */
  readonly machine: MachineSample | undefined;
  /** Undefined if the server was not asked. */
  readonly probe: Probe | undefined;
  /** Undefined if the metrics were not read, or the server did not answer. */
  readonly metrics: readonly MetricValue[] | undefined;
}

export interface ObserverOptions {
  readonly clock: Clock;
  readonly client: ServerClient;
  /** Called before each sample, because a restarted server has another main process. */
  readonly sampler: () => Sampler | undefined;
  readonly everyMs: number;
  /** If true, each sample first asks whether the server answers. Metrics are read only after an answer. */
  readonly probe?: boolean;
  /** Decides whether a sample reads the metrics. `round` counts from 1. By default every sample reads them. */
  readonly readsMetrics?: (round: number, last: boolean) => boolean;
  /** If true, one more sample is taken after the signal is aborted. */
  readonly lastLook?: boolean;
  readonly onLook: (look: ServerLook) => void | Promise<void>;
}

/** Samples at a steady pace until the signal is aborted. Rejects only if a callback throws before that. */
export async function observeServer(options: ObserverOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs, lastLook = false, readsMetrics = () => true } = options;
  const startMs = clock.nowMs();
  // A sample contains the change since the previous sample. The first one only sets the starting point.
  await options.sampler()?.sample();
  for (let round = 1, last = false; !last; round++) {
    await sleep(clock, startMs + round * everyMs - clock.nowMs(), signal).catch(() => undefined);
    last = signal.aborted;
    if (last && !lastLook) return;
    try {
      await options.onLook(
        await look(options, readsMetrics(round, last), last ? new AbortController().signal : signal),
      );
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    // A slow answer of the server skips rounds, so that no samples queue up.
    round = Math.max(round, Math.floor((clock.nowMs() - startMs) / everyMs));
  }
}

async function look(options: ObserverOptions, metrics: boolean, signal: AbortSignal): Promise<ServerLook> {
  const { clock, client, sampler } = options;
  const atMs = clock.nowMs();
  const machine = await sampler()?.sample();
  const probe = options.probe ? await client.probe(signal) : undefined;
  const answers = probe === undefined || probe.responseMs !== undefined;
  return { atMs, machine, probe, metrics: metrics && answers ? await client.metrics(signal) : undefined };
}
