import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import {
  asChorusError,
  ChorusError,
  type Clock,
  isCancelled,
  type LanguageTag,
  type Logger,
  type Metrics,
  primarySubtag,
  withTimeout,
} from '../../core/index.js';
import { Circuits } from '../../providers/index.js';
import type { AsrProvider, Transcript } from '../../providers/asr/index.js';
import { LiveService, type TimeLimit } from './live-service.js';
import type { LiveRequest, RecognitionRequest } from './recognizer-port.js';
import { speechWords } from '../words.js';

export interface ServiceChainOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Circuit breakers that are shared with other configurations. By default, new ones are created. */
  readonly circuits?: Circuits;
}

export interface ServiceAnswer extends Transcript {
  readonly provider: AsrProvider;
}

const SERVICE_TIMEOUT_MS = 8_000;
/**
 * Limit for all services together. A user waits, and a local model may need time afterwards. The time before a guess is
 * confirmed does not count, because the user may still be speaking.
 */
const CHAIN_TIMEOUT_MS = 12_000;
const LEAST_TRY_MS = 1_000;

/**
 * The recognition services in order of preference. The audio is kept until a service has recognised it, so a service
 * that dies costs time but no words.
 */
export class ServiceChain {
  readonly #circuits: Circuits;

  constructor(
    private readonly services: readonly AsrProvider[],
    private readonly options: ServiceChainOptions,
  ) {
    this.#circuits = options.circuits ?? new Circuits(options.clock);
  }

  for(language: LanguageTag): readonly AsrProvider[] {
    const spoken = primarySubtag(language);
    return this.services.filter(({ languages }) => languages.some((tag) => tag === '*' || tag === spoken));
  }

  live(request: LiveRequest): LiveService | undefined {
    const [first] = this.for(request.language);
    return first && this.takesLive(request.language) ? new LiveService(first, request) : undefined;
  }

  takesLive(language: LanguageTag): boolean {
    const [first] = this.for(language);
    return first?.open !== undefined && !this.#circuits.of(first).open;
  }

  /**
   * Returns the first answer, or the last failure if no service answered. Undefined if no service could be asked.
   * Rejects with the signal's reason.
   */
  async ask(
    request: RecognitionRequest,
    signal: AbortSignal,
  ): Promise<ServiceAnswer | { readonly failure: unknown } | undefined> {
    const { clock } = this.options;
    let endMs = clock.nowMs() + CHAIN_TIMEOUT_MS;
    const onWaited = (waitedMs: number): void => void (endMs += waitedMs);
    let failure: unknown;
    for (const provider of this.for(request.language)) {
      const mostMs = Math.min(SERVICE_TIMEOUT_MS, endMs - clock.nowMs());
      if (mostMs < LEAST_TRY_MS) break;
      const call = this.#circuits.of(provider).enter();
      if (!call) continue;
      try {
        const answer = await this.#askOne(provider, request, { mostMs, onWaited }, signal);
        call.succeeded();
        return { ...answer, provider };
      } catch (error) {
        if (signal.aborted || isCancelled(error)) {
          call.released();
          throw error;
        }
        failure = error;
        const { code, message } = asChorusError(error, 'asr.failed');
        // Our own full queue says nothing about the service.
        if (code.startsWith('capacity.')) call.released();
        else call.failed();
        this.options.log.warn('A recognition service failed; the next recogniser takes its place', {
          provider: provider.id,
          code,
          message,
        });
      }
    }
    return failure === undefined ? undefined : { failure };
  }

  #askOne(
    provider: AsrProvider,
    request: RecognitionRequest,
    { mostMs, onWaited }: Pick<TimeLimit, 'mostMs' | 'onWaited'>,
    signal: AbortSignal,
  ): Promise<Transcript> {
    const { clock, metrics } = this.options;
    const { pcm, language, deviceId: device, live } = request;
    const onTimeout = (): ChorusError => new ChorusError('asr.timeout', speechWords.notUnderstood(provider.id, mostMs));
    const certain = (request.guess ? request.guess.deadlineMs : request.deadlineMs) !== undefined;
    metrics.count(
      'chorus_asr_audio_seconds_total',
      { when: certain ? 'final' : 'speculative' },
      pcm.length / LISTEN_SAMPLES_PER_MS / 1000,
    );
    if (live instanceof LiveService && live.provider === provider)
      return live.textOf(request, { clock, mostMs, onTimeout, onWaited }, signal);
    return withTimeout(clock, mostMs, signal, onTimeout, (bounded) =>
      provider.transcribe({ pcm, language, device }, bounded),
    );
  }
}
