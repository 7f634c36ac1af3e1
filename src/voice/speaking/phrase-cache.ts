/** A phrase that was synthesised before. */
export interface CachedPhrase {
  readonly packets: readonly Uint8Array[];
  /** Who speaks it. */
  readonly providerId: string;
}

export interface PhraseCacheOptions {
  /** Of packets, all phrases together; the least recently used go first. */
  readonly maxBytes: number;
  /** Told how much is kept, whenever that changes. */
  onBytes?(bytes: number): void;
}

/** What makes two phrases the same sound. */
export interface PhraseKey {
  readonly text: string;
  readonly language: string;
  readonly voice: string | undefined;
}

/** Opus packets of the configured phrases (greetings, apologies, fillers), in memory. Other sentences are not kept. */
export class PhraseCache {
  readonly #phrases = new Map<string, CachedPhrase>();
  readonly #configured = new Set<string>();
  #bytes = 0;

  constructor(private readonly options: PhraseCacheOptions) {}

  /** From now on the phrase is kept when it is synthesised. */
  configure(phrase: PhraseKey): void {
    this.#configured.add(keyOf(phrase));
  }

  wants(phrase: PhraseKey): boolean {
    return this.#configured.has(keyOf(phrase));
  }

  get(phrase: PhraseKey): CachedPhrase | undefined {
    const key = keyOf(phrase);
    const cached = this.#phrases.get(key);
    if (cached) {
      this.#phrases.delete(key);
      this.#phrases.set(key, cached);
    }
    return cached;
  }

  set(phrase: PhraseKey, cached: CachedPhrase): void {
    const key = keyOf(phrase);
    if (!this.#configured.has(key)) return;
    this.#remove(key);
    // Views into larger buffers would keep those alive.
    const packets = cached.packets.map((packet) => packet.slice());
    this.#phrases.set(key, { ...cached, packets });
    this.#bytes += sizeOf(packets);
    for (const oldest of this.#phrases.keys()) {
      if (this.#bytes <= this.options.maxBytes) break;
      this.#remove(oldest);
    }
    this.options.onBytes?.(this.#bytes);
  }

  #remove(key: string): void {
    const cached = this.#phrases.get(key);
    if (!cached) return;
    this.#bytes -= sizeOf(cached.packets);
    this.#phrases.delete(key);
  }
}

/** The codec is always 24 kHz Opus in 60 ms packets and the rate always 1, so they need no place in the key. */
function keyOf({ text, language, voice }: PhraseKey): string {
  return JSON.stringify([text, language, voice ?? null]);
}

function sizeOf(packets: readonly Uint8Array[]): number {
  return packets.reduce((bytes, packet) => bytes + packet.byteLength, 0);
}
