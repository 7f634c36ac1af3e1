import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config, Foundation } from '../../config/index.js';
import { type Scope, packageVersion } from '../../core/index.js';
import type { Slots } from '../../capacity/index.js';
import type { ModelStore } from '../../engines/index.js';
import {
  Circuits,
  heardSettings,
  ServiceGates,
  sharedVoices,
  type Spender,
  type TtsProvider,
  reachedBefore,
  tryChosen,
  untilReached,
} from '../../providers/index.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';
import { DEFAULT_PACING } from './pacing/pacing-schedule.js';
import type { PhraseCacheSettings } from './phrases/phrase-cache.js';
import { ShippedPhrases } from './phrases/shipped-phrases.js';
import { createSpeaking, type SpeakingService, type SpeakingSettings } from './speaking.js';
import { createConfiguredVoices, type Voices } from './voices.js';

export interface LiveVoicesOptions {
  readonly scope: Scope;
  readonly encoder: SpeechEncoder;
  readonly opus: Readonly<Record<string, number>>;
  readonly models: ModelStore;
  readonly slots: Slots;
  readonly slotCount: number;
  readonly threads: number;
  readonly spender?: Spender | undefined;
}

export interface LiveVoices {
  readonly speaking: SpeakingService;
  current(): Voices;
  /** Creates the voices of another configuration, so that a person can hear them. The caller must close them. */
  audition(tts: Config['tts']): { readonly providers: readonly TtsProvider[]; close(): Promise<void> };
}

interface Generation {
  readonly voices: Voices;
  readonly scope: Scope;
}

const auditionOf = ({ voices, scope }: Generation): ReturnType<LiveVoices['audition']> => ({
  providers: voices.providers,
  close: () => scope.close('heard'),
});

/**
 * A new configuration applies to all replies that begin afterwards. Earlier replies finish with the old configuration.
 */
export async function createLiveVoices(
  { config, live, dataDir, http, common }: Foundation,
  options: LiveVoicesOptions,
): Promise<LiveVoices> {
  const { scope, encoder, models, slots, slotCount, threads, spender } = options;
  const kept = { http, gates: new ServiceGates(), circuits: new Circuits(common.clock) };
  const context = { ...common, ...kept, models, slotCount, threads, spender, speakingProcess: encoder.synthesize };
  const shared = sharedVoices({ ...context, scope });
  const open = (tts: Config['tts'], autoPull: boolean): Generation => {
    const own = scope.child('voices');
    return { voices: createConfiguredVoices({ ...context, config: tts, autoPull, scope: own, shared }), scope: own };
  };
  let generation = open(config.tts, config.models.auto_pull);
  const speaking = createSpeaking({
    ...common,
    scope,
    slots,
    encoder,
    ...speakingSettings(config, generation, options.opus),
    circuits: kept.circuits,
    localGuesses: slotCount > 1,
    shipped: await ShippedPhrases.load(),
    phraseCache: phraseCache(config.tts, dataDir, options.opus),
  });
  live.add({
    name: 'voice',
    async prepare({ now, next, trial, signal }) {
      if (isDeepStrictEqual(concerned(now), concerned(next))) return undefined;
      const before = generation;
      const made = open(next.tts, next.models.auto_pull);
      const discard = (): void => scope.fork('close voices', () => made.scope.close('not used'));
      try {
        const { providers } = made.voices;
        await untilReached(reachedBefore(providers, before.voices.providers), common.clock, signal);
        if (trial) await tryChosen(providers, { now: now.tts, next: next.tts }, common.clock, signal);
      } catch (error) {
        discard();
        throw error;
      }
      return {
        discard,
        commit() {
          generation = made;
          const over = speaking.reconfigure(speakingSettings(next, made, options.opus));
          scope.fork('close voices', async () => {
            await over;
            await before.scope.close('replaced');
          });
        },
      };
    },
  });
  return {
    speaking,
    current: () => generation.voices,
    audition: (tts) => auditionOf(open(tts, false)),
  };
}

function speakingSettings(
  { tts, pacing, llm }: Config,
  { voices }: Generation,
  opus: LiveVoicesOptions['opus'],
): SpeakingSettings {
  return {
    providers: voices.providers,
    limits: { firstAudioMs: tts.timeout_ms, stallMs: tts.timeout_ms },
    pacing: {
      startLeadFrames: pacing.lead_start_packets,
      maxLeadFrames: pacing.lead_max_packets,
      leadGrowthFrames: DEFAULT_PACING.leadGrowthFrames,
      // Adds 1 ms, because timers and sockets on both sides are up to 1 ms off.
      minSpacingMs: pacing.min_spacing_ms + 1,
    },
    recipe: recipeOf(tts, opus),
    paidGuesses: llm.speculative === true,
  };
}

/** The settings on which the speech output and its voices depend. */
function concerned({ tts, pacing, models, llm }: Config): unknown {
  const { lead_start_packets, lead_max_packets, min_spacing_ms } = pacing;
  return [tts, lead_start_packets, lead_max_packets, min_spacing_ms, models.auto_pull, llm.speculative];
}

function phraseCache(tts: Config['tts'], dataDir: string, opus: LiveVoicesOptions['opus']): PhraseCacheSettings {
  const diskBytes = tts.phrase_cache_disk_mb * 1024 * 1024;
  return {
    maxBytes: tts.phrase_cache_mb * 1024 * 1024,
    ...(diskBytes > 0 && { disk: { directory: join(dataDir, 'phrases'), maxBytes: diskBytes } }),
    recurring: tts.phrase_cache_recurring,
    recipe: recipeOf(tts, opus),
  };
}

/** The version of Chorus is included, because another release may speak or encode differently. */
function recipeOf(tts: Config['tts'], opus: LiveVoicesOptions['opus']): string {
  return JSON.stringify([packageVersion(), tts.rate, opus, ...heardSettings(tts)]);
}
