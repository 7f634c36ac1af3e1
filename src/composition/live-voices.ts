import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.js';
import { ChorusError, type Scope, sleep, withTimeout } from '../core/index.js';
import type { Slots } from '../capacity/index.js';
import type { ModelStore } from '../engines/index.js';
import type { TtsProvider } from '../providers/tts/index.js';
import {
  createSpeaking,
  ShippedPhrases,
  type PhraseCacheSettings,
  type SpeakingService,
  type SpeakingSettings,
  type SpeechEncoder,
} from '../speech/speaking/index.js';
import type { Foundation } from './foundation.js';
import type { ChangeRequest } from './live-config.js';
import { packageVersion } from './package-version.js';
import { composeVoices, localVoices, type Voices } from './voices.js';

export interface LiveVoicesOptions {
  /** Of everything that is built here. */
  readonly scope: Scope;
  readonly encoder: SpeechEncoder;
  /** How the encoder encodes. */
  readonly opus: Readonly<Record<string, number>>;
  readonly models: ModelStore;
  readonly slots: Slots;
  readonly slotCount: number;
  /** Of one inference. */
  readonly threads: number;
}

export interface LiveVoices {
  readonly speaking: SpeakingService;
  /** Those of the configuration that is in force. */
  current(): Voices;
  /** Those of another one, to listen to them before it is chosen; to be closed. */
  audition(tts: Config['tts']): { readonly providers: readonly TtsProvider[]; close(): Promise<void> };
}

/** Longest wait for a cloud voice that is asked anew whether it can be reached, as it could before. */
const REACH_WAIT_MS = 5000;
const REACH_LOOK_MS = 50;

/** Voices of one configuration, and what has to be closed with them. */
interface Generation {
  readonly voices: Voices;
  readonly scope: Scope;
}

/** The voices and the lane that speaks with them. Another configuration speaks from the next reply on; what is being said is said to its end as it was begun. */
export async function composeLiveVoices(
  { config, live, dataDir, http, common }: Foundation,
  options: LiveVoicesOptions,
): Promise<LiveVoices> {
  const { scope, encoder, models, slots, slotCount, threads } = options;
  const local = localVoices({ models, slotCount, threads, ...common, scope });
  const open = ({
    tts,
    models: { auto_pull: autoPull },
  }: {
    readonly tts: Config['tts'];
    readonly models: Pick<Config['models'], 'auto_pull'>;
  }): Generation => {
    const own = scope.child('voices');
    return {
      voices: composeVoices({ config: tts, autoPull, http, ...common, scope: own, encoder, models, slotCount, local }),
      scope: own,
    };
  };
  let generation = open(config);
  const settings = (of: Config, { voices }: Generation): SpeakingSettings => ({
    providers: voices.providers,
    limits: { firstAudioMs: of.tts.timeout_ms, stallMs: of.tts.timeout_ms },
    pacing: {
      startLeadFrames: of.pacing.lead_start_packets,
      maxLeadFrames: of.pacing.lead_max_packets,
      leadGrowthFrames: 0.25,
      // One more than the device needs: timers and sockets at both ends are up to 1 ms off.
      minSpacingMs: of.pacing.min_spacing_ms + 1,
    },
    recipe: recipeOf(of.tts, options.opus),
  });
  const speaking = createSpeaking({
    ...common,
    scope,
    slots,
    encoder,
    ...settings(config, generation),
    shipped: await ShippedPhrases.load(),
    phraseCache: phraseCache(config.tts, dataDir, options.opus),
  });
  live.add({
    name: 'voice',
    async prepare(request) {
      const { now, next, trial } = request;
      if (isDeepStrictEqual(concerned(now), concerned(next))) return undefined;
      const before = generation;
      const made = open(next);
      const discard = (): void => scope.fork('close voices', () => made.scope.close('not used'));
      try {
        await reached(made.voices, before.voices, request);
        if (trial) await tryVoice(made.voices, request);
      } catch (error) {
        discard();
        throw error;
      }
      return {
        discard,
        commit() {
          generation = made;
          const over = speaking.reconfigure(settings(next, made));
          scope.fork('close voices', async () => {
            await over;
            await before.scope.close('replaced');
          });
        },
      };
    },
  });
  const { clock } = common;
  /** A cloud voice that could be reached is not missed while its successor finds out whether it can. */
  async function reached(next: Voices, now: Voices, { signal }: ChangeRequest): Promise<void> {
    const wasReached = (id: string): boolean =>
      now.providers.some((voice) => voice.id === id && voice.available?.() === true);
    const awaited = next.providers.filter((voice) => voice.available?.() === false && wasReached(voice.id));
    for (
      let waitedMs = 0;
      waitedMs < REACH_WAIT_MS && awaited.some((voice) => voice.available?.() === false);
      waitedMs += REACH_LOOK_MS
    )
      await sleep(clock, REACH_LOOK_MS, signal);
  }
  /** Only a service with a key is asked for a word: the others need nothing that could be wrong, or find out by themselves. */
  async function tryVoice({ providers }: Voices, { now, next: { tts }, signal }: ChangeRequest): Promise<void> {
    const chosen = providers.find((voice) => voice.id === 'openai');
    if (!chosen || isDeepStrictEqual([now.tts.provider, now.tts.openai], [tts.provider, tts.openai])) return;
    const slow = (): ChorusError =>
      new ChorusError('tts.timeout', `the voice has not begun within ${tts.timeout_ms} ms`);
    await withTimeout(clock, tts.timeout_ms, signal, slow, (inner) => firstSound(chosen, tts, inner));
  }
  return {
    speaking,
    current: () => generation.voices,
    audition(tts) {
      const { voices, scope: own } = open({ tts, models: { auto_pull: false } });
      return { providers: voices.providers, close: () => own.close('heard') };
    },
  };
}

async function firstSound(voice: TtsProvider, tts: Config['tts'], signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  try {
    const { chunks } = await voice.synthesize(
      { text: 'Hello.', language: 'en-US', ...(tts.voice !== undefined && { voice: tts.voice }) },
      AbortSignal.any([signal, stop.signal]),
    );
    const { done } = await chunks[Symbol.asyncIterator]().next();
    if (done) throw new ChorusError('tts.failed', 'the voice made no sound');
  } finally {
    stop.abort();
  }
}

/** What the lane and its voices are built of. */
function concerned({ tts, pacing, models }: Config): unknown {
  return [tts, pacing.lead_start_packets, pacing.lead_max_packets, pacing.min_spacing_ms, models.auto_pull];
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

/** Another release may speak, or encode, otherwise. */
function recipeOf({ rate, edge, openai }: Config['tts'], opus: LiveVoicesOptions['opus']): string {
  return JSON.stringify([packageVersion(), rate, opus, edge.url, openai.base_url, openai.model, openai.voice]);
}
