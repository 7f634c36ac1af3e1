import {
  asChorusError,
  ChorusError,
  type Clock,
  isCancelled,
  type Logger,
  primarySubtag,
  sleep,
  withJitter,
} from '../../core/index.js';
import { Circuits, voicesFor } from '../../providers/index.js';
import type { TtsProvider } from '../../providers/tts/tts-port.js';
import type { VoiceRequest } from './speaking-port.js';
import { speechWords } from '../words.js';

export interface VoiceChainOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** In order of preference. If the first one that speaks the language fails, the others replace it. */
  readonly providers: readonly TtsProvider[];
  /** Circuit breakers that are shared with other configurations. By default, new ones are created. */
  readonly circuits?: Circuits;
}

/** `run` rejects if the attempt fails. `begun()` is true if a part of the sentence was already played. */
export interface VoiceAttempt {
  run(provider: TtsProvider, voice: string | undefined, signal: AbortSignal): Promise<void>;
  begun(): boolean;
}

/** After this much silence, a new conversation begins. A silent device is disconnected earlier (default 70 s). */
const CONVERSATION_MS = 120_000;
const MAX_CONVERSATIONS = 4_096;
const TRIES_PER_PROVIDER = 2;
/** An immediate attempt would fail in the same way. Up to half of the delay is random. */
const RETRY_DELAY_MS = 150;

const isFull = ({ code }: ChorusError): boolean => code.startsWith('capacity.');

interface ConversationVoice {
  /** The requested voice. If it changes, for example with the agent, a new conversation begins. */
  readonly voice: string | undefined;
  providerId: string | undefined;
  changed: boolean;
  lastMs: number;
}

/**
 * Chooses the preferred provider, or the next provider while the preferred one fails. A conversation changes its voice
 * at most once. A change before its first audio does not count.
 */
export class VoiceChain {
  readonly #circuits: Circuits;
  readonly #conversations = new Map<string, ConversationVoice>();

  constructor(private readonly options: VoiceChainOptions) {
    this.#circuits = options.circuits ?? new Circuits(options.clock);
  }

  /** Returns all providers that speak the language, even if this conversation may not change to them. */
  able(request: VoiceRequest): readonly string[] {
    return voicesFor(this.options.providers, request.language).map(({ id }) => id);
  }

  order(request: VoiceRequest): readonly string[] {
    return this.#candidates(request, this.#conversation(request)).map(({ id }) => id);
  }

  /** The provider that would be used first now. Undefined if none speaks the language. */
  first(request: VoiceRequest): TtsProvider | undefined {
    return this.#candidates(request, this.#conversation(request))[0];
  }

  /** Lets the first provider prepare for a sentence until the signal is aborted. */
  expect(request: VoiceRequest, signal: AbortSignal): void {
    const provider = this.first(request);
    if (provider?.expect && !this.#circuits.of(provider).open) provider.expect(signal);
  }

  /** True if a voice has spoken in the conversation. Using another voice is then a change. */
  hasSpoken(request: VoiceRequest): boolean {
    return this.#conversation(request).providerId !== undefined;
  }

  /**
   * Tries the providers in order, and returns the provider that spoke. Throws `tts.unavailable` if no provider speaks
   * the language. Throws `tts.failed` if all providers are paused after failures. Otherwise throws the error of the
   * last provider.
   */
  async speak(request: VoiceRequest, attempt: VoiceAttempt, signal: AbortSignal): Promise<TtsProvider> {
    const conversation = this.#conversation(request);
    const candidates = this.#candidates(request, conversation);
    let failure: ChorusError | undefined;
    for (const provider of candidates) {
      for (let tries = 1; tries <= TRIES_PER_PROVIDER; tries++) {
        const outcome = await this.#try(provider, this.#voiceFor(provider, request), attempt, signal);
        signal.throwIfAborted();
        if (outcome === 'spoken') {
          this.#spoke(conversation, provider);
          return provider;
        }
        if (outcome === 'skipped') break;
        failure = outcome;
        if (attempt.begun()) {
          this.#spoke(conversation, provider);
          throw failure;
        }
        this.options.log.warn('speech synthesis failed', {
          problem: 'voice.failed',
          provider: provider.id,
          code: failure.code,
          error: failure.message,
          tries,
        });
        // After a timeout or a full queue, too much time has passed for a second try. A local voice would fail again.
        if (!failure.retryable || failure.code === 'tts.timeout' || provider.local || isFull(failure)) break;
        if (tries < TRIES_PER_PROVIDER)
          await sleep(this.options.clock, withJitter(RETRY_DELAY_MS, Math.random()), signal);
      }
    }
    if (failure !== undefined) throw failure;
    throw candidates.length > 0
      ? new ChorusError('tts.failed', speechWords.allOutOfOrder)
      : new ChorusError('tts.unavailable', speechWords.noVoice);
  }

  async #try(
    provider: TtsProvider,
    voice: string | undefined,
    attempt: VoiceAttempt,
    signal: AbortSignal,
  ): Promise<'spoken' | 'skipped' | ChorusError> {
    // A local voice needs no circuit breaker, because its process is supervised and reports failures at once.
    const call = provider.local ? undefined : this.#circuits.of(provider).enter();
    if (!provider.local && call === undefined) return 'skipped';
    try {
      await attempt.run(provider, voice, signal);
      call?.succeeded();
      return 'spoken';
    } catch (error) {
      if (signal.aborted || isCancelled(error)) throw error;
      const failure = asChorusError(error, 'tts.failed');
      // A full queue of this server is not a failure of the service.
      if (!isFull(failure)) call?.failed();
      return failure;
    } finally {
      call?.released();
    }
  }

  #candidates(request: VoiceRequest, conversation: ConversationVoice): readonly TtsProvider[] {
    const able = voicesFor(this.options.providers, request.language);
    const named = able.find((provider) => request.voice?.startsWith(`${provider.id}:`));
    const preferred = able.find((provider) => provider.id === conversation.providerId) ?? named;
    if (!preferred) return able;
    if (preferred.id === conversation.providerId && conversation.changed) return [preferred];
    return [preferred, ...able.filter((provider) => provider !== preferred)];
  }

  /** A voice name belongs to one provider. Other providers use their default voice. */
  #voiceFor(provider: TtsProvider, request: VoiceRequest): string | undefined {
    const { voice } = request;
    if (voice === undefined) return undefined;
    const language = primarySubtag(request.language);
    const able = this.options.providers.filter(
      (one) => one.languages.includes('*') || one.languages.includes(language),
    );
    const named = able.find((one) => voice.startsWith(`${one.id}:`));
    if (named) return provider === named ? voice.slice(named.id.length + 1) : undefined;
    return provider === able[0] ? voice : undefined;
  }

  #spoke(conversation: ConversationVoice, provider: TtsProvider): void {
    if (conversation.providerId !== undefined && conversation.providerId !== provider.id) conversation.changed = true;
    conversation.providerId = provider.id;
  }

  #conversation(request: VoiceRequest): ConversationVoice {
    const key = `${request.deviceId} ${primarySubtag(request.language)}`;
    const nowMs = this.options.clock.nowMs();
    const known = this.#conversations.get(key);
    const conversation =
      known && known.voice === request.voice && nowMs - known.lastMs < CONVERSATION_MS
        ? known
        : { voice: request.voice, providerId: undefined, changed: false, lastMs: nowMs };
    conversation.lastMs = nowMs;
    // Moves the conversation to the end of the map, so that the oldest one is first.
    this.#conversations.delete(key);
    this.#conversations.set(key, conversation);
    const [oldest] = this.#conversations.keys();
    if (this.#conversations.size > MAX_CONVERSATIONS && oldest !== undefined) this.#conversations.delete(oldest);
    return conversation;
  }
}
