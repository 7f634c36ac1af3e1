import { type Clock, isCancelled, type LanguageTag, type Logger, type Metrics, type Scope } from '../../core/index.js';
import type { Circuits } from '../../providers/index.js';
import type { TtsProvider } from '../../providers/tts/tts-port.js';
import type { Slots } from '../../capacity/capacity-port.js';
import type { IntakeLimits } from './chunk-intake.js';
import { Pacer } from './pacing/pacer.js';
import type { PacingSettings } from './pacing/pacing-schedule.js';
import { PhraseCache, type PhraseCacheSettings } from './phrases/phrase-cache.js';
import type { ReplyEvent, ReplyOptions, Speaking, SpokenReply, VoiceRequest } from './speaking-port.js';
import type { ShippedPhrases } from './phrases/shipped-phrases.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';
import type { ReplyServices } from './reply-services.js';
import { ReplyInProgress } from './spoken-reply.js';
import { VoiceChain } from './voice-chain.js';
import { tryLocalVoice, warmPhrase } from './phrases/warm.js';

const FAILURES = {
  'voice.not_tried': 'a voice could not be tried out before the first turn',
  'phrase.not_prepared': 'a phrase could not be prepared',
} as const;

export interface SpeakingSettings {
  /** In order of preference, each for the languages it speaks. */
  readonly providers: readonly TtsProvider[];
  readonly limits: IntakeLimits;
  readonly pacing: PacingSettings;
  /** {@link PhraseCacheSettings.recipe} for the audio of these providers. */
  readonly recipe: string;
  /** If true, guesses may cost money. By default, only free voices synthesise them. */
  readonly paidGuesses?: boolean;
}

export interface SpeakingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly slots: Slots;
  readonly encoder: SpeechEncoder;
  /** In order of preference, each for the languages it speaks. */
  readonly providers: readonly TtsProvider[];
  /** Circuit breakers that are shared with other configurations. By default, new ones are created. */
  readonly circuits?: Circuits;
  /** Default {@link DEFAULT_LIMITS}. */
  readonly limits?: IntakeLimits;
  readonly pacing?: PacingSettings;
  /** {@link SpeakingSettings.paidGuesses} */
  readonly paidGuesses?: boolean;
  /** False if guesses must not use a local voice, because they would take the only CPU slot. Default true. */
  readonly localGuesses?: boolean;
  /** A reply is over when only this much is left to play. Default 0. */
  readonly tailMs?: number;
  readonly maxBufferedBytes?: number;
  /** By default, 8 MiB in memory, nothing on disk, and recurring sentences are kept. */
  readonly phraseCache?: PhraseCacheSettings;
  /** Recorded phrases, for languages that no provider speaks. */
  readonly shipped?: ShippedPhrases;
}

/** A cloud voice answers in 300 to 800 ms. A device that is silent for much longer seems broken. */
export const DEFAULT_LIMITS: IntakeLimits = { firstAudioMs: 4_000, stallMs: 4_000 };
/** Speech synthesised further ahead would be wasted when the reply is interrupted. */
const MAX_AHEAD_MS = 10_000;
/** A device with this much audio ahead gets no further sentence yet, so that other devices are served first. */
const START_AHEAD_MS = 5_000;
/** About 16 packets. Node buffers data only while the kernel's socket buffer is full. */
const MAX_BUFFERED_BYTES = 4_096;
/** Enough for a thousand phrases of two seconds. */
const DEFAULT_PHRASE_CACHE: PhraseCacheSettings = { maxBytes: 8 * 1024 * 1024, recurring: true, recipe: '' };

export interface Phrase {
  readonly text: string;
  readonly language: LanguageTag;
  readonly voice?: string | undefined;
}

export interface SpeakingService extends Speaking {
  /** Lists the phrases that earlier runs kept. Never rejects. */
  start(): Promise<void>;
  /**
   * Loads the preferred voice by synthesising the phrase, if the voice is local. Never rejects, because another voice
   * can speak instead.
   */
  loadVoice(phrase: Phrase): Promise<void>;
  /** Synthesises these phrases in idle CPU slots. A phrase that fails is synthesised at its first use. */
  warm(phrases: readonly Phrase[]): Promise<void>;
  /**
   * Applies the settings to replies that begin from now on. Resolves when all earlier replies have been synthesised.
   * The services of the old settings may then be closed.
   */
  reconfigure(settings: SpeakingSettings): Promise<void>;
  /**
   * Time (`Clock.nowMs`) at which the device will have played all its audio. Undefined if no reply is being sent to it.
   */
  underrunAt(deviceId: string): number | undefined;
  readonly replies: number;
}

export function createSpeaking(options: SpeakingOptions): SpeakingService {
  return new SpeakingReplies(options);
}

class SpeakingReplies implements SpeakingService {
  readonly #pacer: Pacer;
  readonly #making = new Set<Promise<void>>();
  #services: ReplyServices;
  #paidGuesses: boolean;

  constructor(private readonly options: SpeakingOptions) {
    const { clock, log, metrics, scope, slots, encoder, phraseCache = DEFAULT_PHRASE_CACHE } = options;
    this.#pacer = new Pacer({
      clock,
      log,
      metrics,
      ...(options.pacing ? { pacing: options.pacing } : {}),
      maxBufferedBytes: options.maxBufferedBytes ?? MAX_BUFFERED_BYTES,
      tailMs: options.tailMs ?? 0,
    });
    scope.onClose(() => this.#pacer.close());
    this.#paidGuesses = options.paidGuesses ?? false;
    this.#services = {
      clock,
      log,
      metrics,
      slots,
      encoder,
      limits: options.limits ?? DEFAULT_LIMITS,
      pacer: this.#pacer,
      chain: new VoiceChain(options),
      cache: new PhraseCache(phraseCache, { clock, log, metrics, scope }),
      recipe: phraseCache.recipe,
      shipped: options.shipped,
      maxAheadMs: MAX_AHEAD_MS,
      startAheadMs: START_AHEAD_MS,
    };
  }

  get replies(): number {
    return this.#pacer.size;
  }

  reply(replyOptions: ReplyOptions, onEvent: (event: ReplyEvent) => void): SpokenReply {
    const { scope } = this.options;
    const reply = new ReplyInProgress(replyOptions, onEvent, this.#services);
    if (scope.closed) reply.stop();
    scope.fork(`reply ${replyOptions.deviceId}`, async (signal) => {
      const made = reply.produce(signal);
      this.#making.add(made);
      await made;
      this.#making.delete(made);
    });
    return reply;
  }

  speaks(request: VoiceRequest): boolean {
    return this.#services.chain.able(request).length > 0;
  }

  takesPieces(request: VoiceRequest): boolean {
    return this.#services.chain.first(request)?.stream !== undefined;
  }

  takesGuesses(request: VoiceRequest): boolean {
    const voice = this.#services.chain.first(request);
    if (voice === undefined || (voice.local && this.options.localGuesses === false)) return false;
    return (this.#paidGuesses || voice.paid !== true) && voice.hasRoom?.() !== false;
  }

  start(): Promise<void> {
    return this.#services.cache.open();
  }

  async reconfigure({ providers, limits, pacing, recipe, paidGuesses = false }: SpeakingSettings): Promise<void> {
    this.#services.cache.follow(recipe);
    this.#pacer.pace(pacing);
    this.#paidGuesses = paidGuesses;
    this.#services = { ...this.#services, limits, recipe, chain: new VoiceChain({ ...this.options, providers }) };
    await Promise.all(this.#making);
  }

  async loadVoice(phrase: Phrase): Promise<void> {
    await this.#attempt('voice.not_tried', phrase, (signal) => tryLocalVoice(this.#services, phrase, signal));
  }

  async warm(phrases: readonly Phrase[]): Promise<void> {
    for (const phrase of phrases) this.#services.cache.configure({ ...phrase, voice: phrase.voice });
    for (const phrase of phrases) {
      if (this.options.scope.closed) return;
      await this.#attempt('phrase.not_prepared', phrase, (signal) => warmPhrase(this.#services, phrase, signal));
    }
  }

  underrunAt(deviceId: string): number | undefined {
    return this.#pacer.underrunAt(deviceId);
  }

  async #attempt(
    problem: keyof typeof FAILURES,
    { language }: Phrase,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    try {
      await work(this.options.scope.signal);
    } catch (error) {
      if (!isCancelled(error))
        this.options.log.warn(FAILURES[problem], {
          problem,
          language,
          error: error instanceof Error ? error.message : String(error),
        });
    }
  }
}
