import { sleep, type Clock, type MetricValue } from '../../core/index.js';
import type { MachineSample, Sampler } from '../../platform/machine/index.js';
import type { Probe, ServerClient } from './server-client.js';

/** One sample of a server and its machine. */
export interface ServerLook {
  /** `Clock.nowMs` when the sample began. */
  readonly atMs: number;
  /** Undefined: the server is on another machine, or this machine is not watched. */
  readonly machine: MachineSample | undefined;
  /** Undefined: the server was not asked. */
  readonly probe: Probe | undefined;
  /** Undefined: the metrics were not read, or the server did not answer. */
  readonly metrics: readonly MetricValue[] | undefined;
}

export interface ObserverOptions {
  readonly clock: Clock;
  readonly client: ServerClient;
  /** Called before each sample, because a restarted server has another main process. */
  readonly sampler: () => Sampler | undefined;
  readonly everyMs: number;
  /** True: each sample asks whether the server is running. If it does not answer, its metrics are not read. */
  readonly probe?: boolean;
  /** Says whether a sample reads the metrics. Default: every sample does. `round` counts from 1. */
  readonly readsMetrics?: (round: number, last: boolean) => boolean;
  /** True: one more sample is taken after the signal is aborted. */
  readonly lastLook?: boolean;
  readonly onLook: (look: ServerLook) => void | Promise<void>;
}

/**
 * Samples machine and server at a steady pace until the signal is aborted. Missed samples are not taken later. Rejects
 * only if the sampler or `onLook` throws before the signal is aborted.
 */
export async function observeServer(options: ObserverOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs, lastLook = false, readsMetrics = () => true } = options;
  const startMs = clock.nowMs();
  // A sample contains the change since the sample before it. This one only sets the starting point.
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
    // If the server answers slowly, rounds are skipped instead of queued.
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
