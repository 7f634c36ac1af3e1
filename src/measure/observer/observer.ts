import { sleep, type Clock, type MetricValue } from '../../core/index.js';
import type { MachineSample, Sampler } from '../../platform/machine/index.js';
import type { Probe, ServerClient } from './server-client.js';

/** One look at a server and its machine. */
export interface ServerLook {
  /** `Clock.nowMs` of its beginning. */
  readonly atMs: number;
  /** Undefined: the server is on another machine, or the machine is not to be watched. */
  readonly machine: MachineSample | undefined;
  /** Undefined: the server was not asked. */
  readonly probe: Probe | undefined;
  /** Undefined: the metrics were not read, or the server did not answer. */
  readonly metrics: readonly MetricValue[] | undefined;
}

export interface ObserverOptions {
  readonly clock: Clock;
  readonly client: ServerClient;
  /** Asked before each look: a server that was started again has another main process. */
  readonly sampler: () => Sampler | undefined;
  readonly everyMs: number;
  /** True: each look asks whether the server is there. If it does not answer, its metrics are not read. */
  readonly probe?: boolean;
  /** Default: with each look. `round` counts from 1. */
  readonly readsMetrics?: (round: number, last: boolean) => boolean;
  /** True: there is one more look after the signal is aborted. */
  readonly lastLook?: boolean;
  readonly onLook: (look: ServerLook) => void | Promise<void>;
}

/**
 * Looks at machine and server at a steady pace until the signal is aborted. Missed looks are not repeated, because the
 * past cannot be seen. Rejects only if the sampler or `onLook` does so
 * before the signal is aborted.
 */
export async function observeServer(options: ObserverOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs, lastLook = false, readsMetrics = () => true } = options;
  const startMs = clock.nowMs();
  // Later samples are differences from an earlier one; this is the first.
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
    // If the server answers slowly, rounds are skipped, not queued.
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
