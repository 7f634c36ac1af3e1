import { LISTEN_RATE_HZ } from '../../audio/format.js';
import { asChorusError, type Clock, isCancelled, type LanguageTag, type Logger, type Scope } from '../../core/index.js';
import type { Slots } from '../../capacity/capacity-port.js';
import type { AsrEngine } from './held-engine.js';

export interface WarmOptions {
  readonly slots: Slots;
  /** Number of simultaneous decodes in the model. */
  readonly poolSize: number;
  /** True: each decode has a process of its own. */
  readonly replicas?: boolean;
  /** Sample speech at 16 kHz, longer than almost any piece of an utterance. */
  readonly speech: () => Promise<Int16Array>;
  readonly language: LanguageTag;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
}

/** Deadline of the jobs. It is late, so that jobs of devices that already talk go first. */
const WANTED_WITHIN_MS = 2000;
/** About the length of an ordinary utterance, because the cost for each second depends on the length. */
const SHORT_SAMPLES = 4 * LISTEN_RATE_HZ;

/**
 * An engine that is ready only after it has recognised sample speech. It does so with full concurrency, so that weights
 * and memory are loaded before the first turn. The cost model learns this machine's speed from speech of two lengths.
 */
export function warmedEngine(engine: AsrEngine, options: WarmOptions): AsrEngine {
  let warming: Promise<void> | undefined;
  let warm = false;
  let cost: number | undefined;
  const warmUp = async (): Promise<void> => {
    try {
      const speech = await options.speech();
      // The first run touches weights and memory, so the second one is timed.
      for (const pcm of [speech, speech.subarray(0, SHORT_SAMPLES)])
        cost = await recogniseInEverySlot(engine, pcm, options);
    } catch (error) {
      // The engine counts as ready all the same: if something is wrong, the first turn will report it.
      if (!isCancelled(error))
        options.log.warn('recognition could not be tried out before the first turn', {
          problem: 'asr.not_tried',
          model: engine.provider.id,
          reason: asChorusError(error).message,
        });
    }
    warm = true;
  };
  return {
    provider: engine.provider,
    async start() {
      await engine.start();
      await (warming ??= warmUp());
    },
    triedCost: () => cost,
    status() {
      const status = engine.status();
      return status.state === 'ready' && !warm ? { ...status, state: 'starting' } : status;
    },
  };
}

/**
 * Returns the CPU time for a second of speech, in core seconds. Each job reports the CPU time that its whole process
 * used meanwhile, so the largest value counts.
 */
async function recogniseInEverySlot(
  { provider }: AsrEngine,
  pcm: Int16Array,
  { slots, poolSize, replicas = false, language, clock, scope }: WarmOptions,
): Promise<number | undefined> {
  const predictedMs = provider.predictMs(pcm.length / 16);
  const pool = { id: provider.id, size: poolSize };
  const transcripts = await Promise.all(
    Array.from({ length: poolSize }, (_, slot) =>
      slots.run(
        { kind: 'asr', deviceId: `warm-up ${slot}`, deadlineMs: clock.nowMs() + WANTED_WITHIN_MS, predictedMs, pool },
        scope.signal,
        (inner) => provider.transcribe({ pcm, language }, inner),
      ),
    ),
  );
  const cpuMs = Math.max(...transcripts.map(({ processCpuMs }) => processCpuMs ?? 0));
  const seconds = ((replicas ? 1 : poolSize) * pcm.length) / LISTEN_RATE_HZ;
  return cpuMs > 0 ? cpuMs / 1000 / seconds : undefined;
}
