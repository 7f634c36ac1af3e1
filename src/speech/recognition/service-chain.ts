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
import { Circuit, SERVICE_CIRCUIT } from '../../providers/index.js';
import type { AsrProvider, Transcript } from '../../providers/asr/index.js';
import { LiveService } from './live-service.js';
import type { LiveRequest, RecognitionRequest } from './recognizer-port.js';
import { speechWords } from '../words.js';

export interface ServiceChainOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface ServiceAnswer extends Transcript {
  readonly provider: AsrProvider;
}

/** A service that takes longer is replaced by the next one. */
const SERVICE_TIMEOUT_MS = 8_000;
/** Limit of all services together: somebody waits, and a local model needs time as well. */
const CHAIN_TIMEOUT_MS = 12_000;
/** Shortest time that is worth a try. */
const LEAST_TRY_MS = 1_000;

/**
 * The recognition services in their order. An utterance is kept until one of them has understood it. So a service that
 * dies in the middle of it costs time and no words.
 */
export class ServiceChain {
  readonly #circuits = new Map<AsrProvider, Circuit>();

  constructor(
    private readonly services: readonly AsrProvider[],
    private readonly options: ServiceChainOptions,
  ) {}

  /** Services that speak the language, in the order in which they are asked. */
  for(language: LanguageTag): readonly AsrProvider[] {
    const spoken = primarySubtag(language);
    return this.services.filter(({ languages }) => languages.some((tag) => tag === '*' || tag === spoken));
  }

  /** Recognition of speech while it is spoken, if the first service supports that. */
  live(request: LiveRequest): LiveService | undefined {
    const [first] = this.for(request.language);
    return first && this.takesLive(request.language) ? new LiveService(first, request) : undefined;
  }

  takesLive(language: LanguageTag): boolean {
    const [first] = this.for(language);
    return first?.open !== undefined && !this.#circuit(first).open;
  }

  /**
   * The first answer, or the last failure if every service failed; undefined: no service was asked. Errors: the
   * signal's reason.
   */
  async ask(
    request: RecognitionRequest,
    signal: AbortSignal,
  ): Promise<ServiceAnswer | { readonly failure: unknown } | undefined> {
    const { clock } = this.options;
    const endMs = clock.nowMs() + CHAIN_TIMEOUT_MS;
    let failure: unknown;
    for (const provider of this.for(request.language)) {
      const mostMs = Math.min(SERVICE_TIMEOUT_MS, endMs - clock.nowMs());
      if (mostMs < LEAST_TRY_MS) break;
      const call = this.#circuit(provider).enter();
      if (!call) continue;
      try {
        const answer = await this.#askOne(provider, request, mostMs, signal);
        call.succeeded();
        return { ...answer, provider };
      } catch (error) {
        if (signal.aborted || isCancelled(error)) {
          call.released();
          throw error;
        }
        failure = error;
        const { code, message } = asChorusError(error, 'asr.failed');
        // Our own full queue is no failure of the service.
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
    mostMs: number,
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
      return live.textOf(request, { clock, mostMs, onTimeout }, signal);
    return withTimeout(clock, mostMs, signal, onTimeout, (bounded) =>
      provider.transcribe({ pcm, language, device }, bounded),
    );
  }

  #circuit(provider: AsrProvider): Circuit {
    const known = this.#circuits.get(provider);
    if (known) return known;
    const made = new Circuit({ ...SERVICE_CIRCUIT, clock: this.options.clock });
    this.#circuits.set(provider, made);
    return made;
  }
}
