import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { Pacer } from './pacing/pacer.js';
import type { PhraseCache } from './phrases/phrase-cache.js';
import type { ShippedPhrases } from './phrases/shipped-phrases.js';
import type { SynthesisOptions } from './synthesis.js';
import type { VoiceChain } from './voice-chain.js';

/** Services that all replies share. */
export interface ReplyServices extends SynthesisOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pacer: Pacer;
  readonly chain: VoiceChain;
  readonly cache: PhraseCache;
  /** {@link PhraseCacheSettings.recipe} of the audio from these providers. */
  readonly recipe: string;
  readonly shipped: ShippedPhrases | undefined;
  /** Limit of encoded audio not yet sent. While it is reached, the provider is not read. */
  readonly maxAheadMs: number;
  /** Limit of encoded audio not yet sent. While it is reached, the next sentence does not begin. */
  readonly startAheadMs: number;
}
