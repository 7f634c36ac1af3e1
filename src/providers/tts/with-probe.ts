import {
  ERROR_TABLE,
  asChorusError,
  backoffMs,
  ChorusError,
  type Clock,
  isCancelled,
  type Logger,
  type Scope,
  sleep,
  withTimeout,
} from '../../core/index.js';
import type { TtsAudio, TtsProvider, TtsRequest } from './tts-port.js';
import { ttsWords } from './words.js';

export interface ProbeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
  /** Rejects if the service cannot be reached. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** A probe that takes longer has failed. Default: 5 s. */
  readonly timeoutMs?: number;
  /** Pause after a failed probe. The pause doubles up to {@link maxRetryMs}. Default: 15 s. */
  readonly retryMs?: number;
  /** Default: 5 min. */
  readonly maxRetryMs?: number;
}

/** Failures of the connection to the service, as opposed to failures of one sentence. */
const OUT_OF_REACH = new Set(['tts.unreachable', 'tts.timeout', 'tts.rejected']);

/**
 * Tracks whether the service can be reached, so that a machine without internet loses no time. Probes run in the
 * background, at the start and while the service counts as unreachable, as it does until the first result.
 */
export function withProbe(provider: TtsProvider, options: ProbeOptions): TtsProvider {
  const reach = new Reach(provider.id, options);
  options.scope.fork(`probe ${provider.id}`, (signal) => reach.watch(signal));
  return {
    id: provider.id,
    languages: provider.languages,
    local: provider.local,
    available: () => reach.reachable,
    predictMs: (text) => provider.predictMs(text),
    expect: (signal) => {
      if (reach.reachable) provider.expect?.(signal);
    },
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      // The caller did not check `available`. The error is not retryable, so the next voice is asked at once.
      if (!reach.reachable)
        throw new ChorusError('tts.unavailable', ttsWords.outOfReach(provider.id), {
          remedy: ERROR_TABLE['tts.unreachable'].remedy,
        });
      try {
        const audio = await provider.synthesize(request, signal);
        return { format: audio.format, chunks: watched(audio.chunks, signal, reach) };
      } catch (error) {
        reach.judge(error, signal);
        throw error;
      }
    },
  };
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  reach: Reach,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunks;
  } catch (error) {
    reach.judge(error, signal);
    throw error;
  }
}

class Reach {
  reachable = false;
  #lost: (() => void) | undefined;

  constructor(
    private readonly id: string,
    private readonly options: ProbeOptions,
  ) {}

  /** After a failure of the connection, the service counts as unreachable until a probe succeeds. */
  judge(error: unknown, signal: AbortSignal): void {
    // If the service hangs, a time-out aborts the request. The signal's reason is the failure then.
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (!(reason instanceof ChorusError) || !OUT_OF_REACH.has(reason.code) || !this.reachable) return;
    this.reachable = false;
    this.options.log.warn('voice service out of reach, another voice speaks', {
      problem: 'voice.unreachable',
      provider: this.id,
      code: reason.code,
    });
    this.#lost?.();
  }

  async watch(signal: AbortSignal): Promise<void> {
    const { retryMs = 15_000, maxRetryMs = 300_000 } = this.options;
    for (let failures = 0; !signal.aborted;) {
      if (await this.#probe(signal)) {
        failures = 0;
        await this.#untilLost(signal);
      } else {
        failures += 1;
        await sleep(this.options.clock, backoffMs(failures, { firstMs: retryMs, mostMs: maxRetryMs }), signal);
      }
    }
  }

  async #probe(signal: AbortSignal): Promise<boolean> {
    const { clock, log, probe, timeoutMs = 5_000 } = this.options;
    try {
      await withTimeout(clock, timeoutMs, signal, () => new ChorusError('tts.timeout', ttsWords.probeTooLong), probe);
      this.reachable = true;
      log.info('voice service reached', { provider: this.id });
      return true;
    } catch (error) {
      if (signal.aborted || isCancelled(error)) throw error;
      const failure = asChorusError(error, 'tts.unreachable');
      log.info('voice service cannot be reached', { provider: this.id, code: failure.code, error: failure.message });
      return false;
    }
  }

  #untilLost(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.#lost = () => {
        signal.removeEventListener('abort', aborted);
        this.#lost = undefined;
        resolve();
      };
    });
  }
}
