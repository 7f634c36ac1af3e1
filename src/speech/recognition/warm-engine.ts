import { LISTEN_RATE_HZ } from '../../audio/format.js';
import { asChorusError, type Clock, isCancelled, type LanguageTag, type Logger, type Scope } from '../../core/index.js';
import type { Slots } from '../../capacity/capacity-port.js';
import type { AsrEngine } from './held-engine.js';

export interface WarmOptions {
  readonly slots: Slots;
  readonly poolSize: number;
  readonly replicas?: boolean;
  /** Sample speech at 16 kHz. */
  readonly speech: () => Promise<Int16Array>;
  readonly language: LanguageTag;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
}

/** The warm-up jobs are due this late, so that jobs of devices that already talk go first. */
const WANTED_WITHIN_MS = 2000;
/**
 * About the length of an ordinary utterance. A second length is needed, because the cost per second depends on the
 * length.
 */
const SHORT_SAMPLES = 4 * LISTEN_RATE_HZ;

/**
 * The engine becomes ready only after a warm-up, in which it recognises sample speech. The warm-up runs as many jobs at
 * once as the engine can, so that weights and memory are loaded before the first turn. Speech of two lengths shows the
 * cost model how fast this machine is.
 */
export function warmedEngine(engine: AsrEngine, options: WarmOptions): AsrEngine {
  let warming: Promise<void> | undefined;
  let warm = false;
  let cost: number | undefined;
  const warmUp = async (): Promise<void> => {
    try {
      const speech = await options.speech();
      // The first run loads weights and memory, so only the second run is timed.
      for (const pcm of [speech, speech.subarray(0, SHORT_SAMPLES)])
        cost = await recogniseInEverySlot(engine, pcm, options);
    } catch (error) {
      // The engine becomes ready although the warm-up failed. If the model is broken, the first turn reports the
      // failure.
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
      if (status.state !== 'ready' || warm) return status;
      // If loading first fails, the process is restarted later, but nobody calls `start` again.
      warming ??= warmUp();
      return { ...status, state: 'starting' };
    },
  };
}

/**
 * Returns core seconds per second of speech. Each job reports the CPU time of its whole process, so the largest value
 * includes all jobs.
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
