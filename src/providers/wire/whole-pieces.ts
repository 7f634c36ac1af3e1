import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { type Clock } from '../../core/index.js';
import { LearnedCost } from '../../engines/index.js';
import type { AsrProvider, AsrRequest } from '../asr/asr-port.js';
import type { ServiceGate } from '../service-gate.js';

export interface WholePiecesOptions extends Pick<AsrProvider, 'id' | 'languages'> {
  readonly clock: Clock;
  readonly gate: ServiceGate;
  /** Errors: `asr.*`, or the signal's reason. */
  readonly ask: (request: AsrRequest, key: string | undefined, signal: AbortSignal) => Promise<string>;
}

/** Less than 100 ms contains no word, and services refuse it. */
export const LEAST_SAMPLES = 1_600;

export function wholePieces({ id, languages, clock, gate, ask }: WholePiecesOptions): AsrProvider {
  // Initial estimate: 300 ms, plus a tenth of the length of the speech.
  const cost = new LearnedCost({ overheadMs: 300, msPerUnit: 0.1, typicalUnits: 3_000 });
  return {
    id,
    languages,
    local: false,
    // Some services end every text with a full stop, even if the speaker has not finished.
    punctuationMeansEnd: false,
    predictMs: (audioMs) => cost.predictMs(audioMs),
    async transcribe(request, signal) {
      signal.throwIfAborted();
      if (request.pcm.length < LEAST_SAMPLES) return { text: '', runMs: 0 };
      const lease = await gate.take(request.device, signal);
      const startedMs = clock.nowMs();
      try {
        const text = await ask(request, lease.key, signal);
        signal.throwIfAborted();
        const runMs = Math.max(1, clock.nowMs() - startedMs);
        cost.observe(request.pcm.length / LISTEN_SAMPLES_PER_MS, runMs);
        return { text: text.trim(), runMs };
      } catch (error) {
        lease.refused(error);
        throw error;
      } finally {
        lease.release();
      }
    },
  };
}
