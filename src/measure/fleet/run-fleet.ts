import { isCancelled, sleep } from '../../core/index.js';
import { runGroup } from './device-group.js';
import type { FleetTransport } from './fleet-device.js';
import { FleetRun } from './fleet-run.js';
import type { FleetOptions } from './run-options.js';
import type { FleetContext, FleetResult } from './run-result.js';
import { loadSpeech, type SpeechLibrary, type Utterance } from './speech.js';
import { networkTransport } from './transport.js';
import { WorkerProcess } from './worker-process.js';

/**
 * Number of talking devices that one process can simulate well below its limits (measured by `bench/fleet-cost.ts`).
 */
const DEVICES_PER_WORKER = 400;
/** Loudness of a fan close by. The speech of the clips has about -23 dBFS. */
const NOISE_DBFS = -45;

/** Parts that tests replace. */
export interface FleetParts {
  readonly speech?: SpeechLibrary;
  /** Takes effect only without workers. */
  readonly transport?: FleetTransport;
}

/**
 * Lets simulated devices talk to a server, and judges the server by the sound that they receive. If the run was
 * interrupted or the fleet was too slow, the result says so in `valid` and `reasons`. Error: `audio.undecodable` if the
 * package's speech is damaged.
 */
export async function runFleet(
  options: FleetOptions,
  context: FleetContext,
  parts: FleetParts = {},
): Promise<FleetResult> {
  const speech = parts.speech ?? (await loadSpeech(options.scenario === 'noisy' ? { noiseDbfs: NOISE_DBFS } : {}));
  const workers = options.workers ?? Math.max(1, Math.ceil(options.devices / DEVICES_PER_WORKER));
  const run = new FleetRun(options, context, speech, workers);
  const over = new AbortController();
  let restarting = Promise.resolve();
  const begin = (): void => {
    run.begin();
    restarting = restartInTheMiddle(options, context, run, over.signal);
  };
  try {
    await (workers === 0
      ? runHere(options, context, speech, run, begin, parts.transport)
      : runInWorkers(options, context, speech, run, begin, workers));
  } catch (error) {
    if (context.signal.aborted || isCancelled(error))
      run.invalid({ what: 'interrupted', detail: 'the run was interrupted' });
    else if (error instanceof Error) run.invalid({ what: 'worker_failed', detail: error.message });
    else throw error;
  } finally {
    over.abort();
    await restarting;
  }
  return run.result();
}

async function runHere(
  options: FleetOptions,
  context: FleetContext,
  speech: SpeechLibrary,
  run: FleetRun,
  begin: () => void,
  given: FleetTransport | undefined,
): Promise<void> {
  const { clock, signal } = context;
  const network = networkTransport(options, { clock, stream: 'links 0' });
  try {
    begin();
    const transport = given ?? network;
    run.report(
      await runGroup(
        {
          run: options,
          speech,
          from: 0,
          to: options.devices,
          clock,
          transport,
          onSecond: (second) => run.second(0, second),
        },
        signal,
      ),
    );
  } finally {
    await network.close();
  }
}

/** All workers begin when all are ready. Rejects with the first failure, but keeps the results of the other workers. */
async function runInWorkers(
  options: FleetOptions,
  context: FleetContext,
  speech: SpeechLibrary,
  run: FleetRun,
  begin: () => void,
  count: number,
): Promise<void> {
  const { signal } = context;
  const light = withoutSamples(speech);
  const workers = Array.from({ length: count }, () => new WorkerProcess());
  const kill = (): void => {
    for (const worker of workers) worker.kill();
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    const border = (at: number): number => Math.round((options.devices * at) / count);
    await Promise.all(
      workers.map((worker, at) =>
        worker.prepare({ run: options, speech: light, from: border(at), to: border(at + 1) }),
      ),
    );
    begin();
    const ends = await Promise.allSettled(
      workers.map(async (worker, at) => run.report(await worker.go((second) => run.second(at, second)))),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

async function restartInTheMiddle(
  options: FleetOptions,
  context: FleetContext,
  run: FleetRun,
  signal: AbortSignal,
): Promise<void> {
  if (options.scenario !== 'reconnect' || !context.restart) return;
  try {
    await sleep(context.clock, options.warmupMs + options.durationMs / 2, AbortSignal.any([signal, context.signal]));
    run.mark('restart');
    await context.restart();
    run.mark('restarted');
  } catch (error) {
    if (!signal.aborted && !context.signal.aborted)
      run.invalid({
        what: 'not_restarted',
        detail: `the server was not restarted: ${error instanceof Error ? error.message : String(error)}`,
      });
  }
}

/** A worker needs no samples, only packets and times. */
function withoutSamples(speech: SpeechLibrary): SpeechLibrary {
  const none = new Int16Array(0);
  const light = (utterance: Utterance): Utterance => ({ ...utterance, clip: { ...utterance.clip, pcm: none } });
  return {
    utterances: speech.utterances.map(light),
    long: speech.long.map(light),
    room: { ...speech.room, pcm: none },
  };
}
