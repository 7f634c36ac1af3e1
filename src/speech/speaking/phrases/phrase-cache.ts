import { createHash } from 'node:crypto';
import type { Clock, Logger, Metrics, Scope } from '../../../core/index.js';
import { ByteLru } from './byte-lru.js';
import { packedBytes } from './packed-packets.js';
import { PhraseFolder } from './phrase-folder.js';
import { RecurringSentences } from './recurring-sentences.js';

export interface CachedPhrase {
  readonly packets: readonly Uint8Array[];
  readonly providerId: string;
}

export interface PhraseCacheSettings {
  readonly maxBytes: number;
  /** Folder that keeps phrases across restarts. If undefined, phrases are only in memory. */
  readonly disk?: { readonly directory: string; readonly maxBytes: number };
  /** If true, sentences spoken to three devices are kept too. If false, only configured phrases are kept. */
  readonly recurring: boolean;
  /** Identifies everything else that affects the audio, such as rate, codec, loudness and default voices. */
  readonly recipe: string;
}

/** Together with the recipe and the id of a provider, the key identifies the audio. */
export interface PhraseKey {
  readonly text: string;
  readonly language: string;
  readonly voice: string | undefined;
}

/** Limit for one phrase: 16 s of speech. Longer sentences hardly ever recur. */
const MAX_PHRASE_BYTES = 64 * 1024;

/**
 * Keeps the Opus packets of configured phrases, and of sentences spoken to three devices. The phrases are in memory,
 * and in a folder that survives a restart if one is set.
 */
export class PhraseCache {
  readonly #configured = new Set<string>();
  readonly #recurring = new RecurringSentences();
  readonly #memory: ByteLru<readonly Uint8Array[]>;
  readonly #folder: PhraseFolder | undefined;

  #recipe: string;

  constructor(
    private readonly settings: PhraseCacheSettings,
    private readonly services: {
      readonly clock: Clock;
      readonly log: Logger;
      readonly metrics: Metrics;
      readonly scope: Scope;
    },
  ) {
    const { clock, log, metrics } = services;
    this.#recipe = settings.recipe;
    this.#memory = new ByteLru(settings.maxBytes);
    this.#folder =
      settings.disk &&
      new PhraseFolder({
        ...settings.disk,
        clock,
        log,
        onBytes: (bytes) => metrics.gauge('chorus_phrase_cache_disk_bytes', bytes),
      });
  }

  /** Lists the phrases that earlier runs kept. Never rejects. */
  async open(): Promise<void> {
    await this.#folder?.open(this.services.scope.signal);
  }

  get recipe(): string {
    return this.#recipe;
  }

  /** Phrases of the old recipe are found again if that recipe returns. */
  follow(recipe: string): void {
    this.#recipe = recipe;
  }

  /** A configured phrase is kept when it is synthesised. */
  configure(phrase: PhraseKey): void {
    this.#configured.add(sentenceOf(phrase));
  }

  isConfigured(phrase: PhraseKey): boolean {
    return this.#configured.has(sentenceOf(phrase));
  }

  /** Call it when the phrase is about to be spoken. Returns true if the phrase should be kept. */
  said(phrase: PhraseKey, deviceId: string): boolean {
    const sentence = sentenceOf(phrase);
    return this.#configured.has(sentence) || (this.settings.recurring && this.#recurring.said(sentence, deviceId));
  }

  /** Returns the phrase of the first provider for which it is kept. */
  async get(phrase: PhraseKey, providerIds: readonly string[]): Promise<CachedPhrase | undefined> {
    for (const providerId of providerIds) {
      const key = this.#key(phrase, providerId);
      const held = this.#memory.get(key);
      if (held) this.#touch(key);
      const packets = held ?? (await this.#read(key));
      if (packets) return { packets, providerId };
    }
    return undefined;
  }

  /** Call it if the phrase is configured or {@link said} returned true. */
  set(phrase: PhraseKey, { packets, providerId }: CachedPhrase): void {
    if (packets.length === 0 || packedBytes(packets) > MAX_PHRASE_BYTES) return;
    const key = this.#key(phrase, providerId);
    // The packets may be views of larger buffers, which would stay in memory.
    const own = packets.map((packet) => new Uint8Array(packet));
    this.#remember(key, own);
    const folder = this.#folder;
    if (folder) this.services.scope.fork('keep phrase', (signal) => folder.write(key, own, signal));
  }

  #touch(key: string): void {
    const folder = this.#folder;
    if (folder?.touch(key) === true) this.services.scope.fork('mark phrase', () => folder.mark(key));
  }

  async #read(key: string): Promise<readonly Uint8Array[] | undefined> {
    const packets = await this.#folder?.read(key, this.services.scope.signal);
    if (packets) this.#remember(key, packets);
    return packets;
  }

  #remember(key: string, packets: readonly Uint8Array[]): void {
    this.#memory.set(key, packets, packedBytes(packets));
    this.services.metrics.gauge('chorus_phrase_cache_bytes', this.#memory.bytes);
  }

  #key({ text, language, voice }: PhraseKey, providerId: string): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#recipe, providerId, language, voice ?? null, text]))
      .digest('hex');
  }
}

function sentenceOf({ text, language, voice }: PhraseKey): string {
  return JSON.stringify([text, language, voice ?? null]);
}
