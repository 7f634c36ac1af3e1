import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { Pacer } from './pacing/pacer.js';
import type { PhraseCache } from './phrases/phrase-cache.js';
import type { ShippedPhrases } from './phrases/shipped-phrases.js';
import type { SynthesisOptions } from './synthesis.js';
import type { VoiceChain } from './voice-chain.js';

export interface ReplyServices extends SynthesisOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pacer: Pacer;
  readonly chain: VoiceChain;
  readonly cache: PhraseCache;
  /** {@link PhraseCacheSettings.recipe} for the audio of the voices in `chain`. */
  readonly recipe: string;
  readonly shipped: ShippedPhrases | undefined;
  /** Limit of encoded audio that is not yet sent. At the limit, the provider is not read. */
  readonly maxAheadMs: number;
  /** While this much audio is unsent, the next sentence does not begin. */
  readonly startAheadMs: number;
}
