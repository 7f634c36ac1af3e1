import { join } from 'node:path';
import type { Config, Foundation } from '../config/index.js';
import { type Scope, uiLanguage, type LanguageTag } from '../core/index.js';
import {
  CHILD_NICENESS,
  CHILD_START_TIMEOUT_MS,
  createModelStore,
  type EngineStatus,
  type ModelStore,
  removeRewrittenFiles,
} from '../engines/index.js';
import { Circuits, ServiceGates, type Spender } from '../providers/index.js';
import {
  createListening,
  createSmartTurn,
  type ListeningService,
  type SmartTurnService,
} from '../speech/listening/index.js';
import {
  createRecognizer,
  liveRecognition,
  recognizerSettings,
  type SharedRecognizer,
  warmUpSpeech,
} from '../speech/recognition/index.js';
import {
  createSpeechEncoder,
  OPUS,
  type SpeakingService,
  createLiveVoices,
  type LiveVoices,
  type Voices,
} from '../speech/speaking/index.js';
import type { Capacity } from './capacity.js';

/**
 * Opus settings under high load. They need 37 % less CPU and add inaudible noise of 0.5 dB (docs/capacity.md).
 * Complexity 0 smears the sound before a plosive.
 */
const OPUS_UNDER_LOAD = { ...OPUS, complexity: 1 };
/** Maximum delay until the server notices a model that another process pulled. Each check reads one folder. */
const MODELS_LOOK_EVERY_MS = 3000;

export interface Speech {
  readonly models: ModelStore;
  readonly listening: ListeningService;
  readonly recognizer: SharedRecognizer;
  /** Estimates from the sound of a voice whether the person has finished. */
  readonly prosody: SmartTurnService;
  readonly voices: Voices;
  /** Voices of another configuration. People can listen to them before they apply it. */
  readonly audition: LiveVoices['audition'];
  readonly speaking: SpeakingService;
  /** Starts the worker processes that every conversation needs. Rejects with `engine.failed` or `model.*`. */
  start(): Promise<void>;
  /** Worker processes without which the server is not ready. */
  engines(): readonly EngineStatus[];
  /** Loads or fetches the model for the language of a device that has just connected. */
  ensureFor(language: LanguageTag): void;
}

export async function composeSpeech(
  foundation: Foundation,
  { slots, slotCount, threads, mayPrepare, isBelow }: Capacity,
  spender?: Spender,
): Promise<Speech> {
  const { config, live, root, common } = foundation;
  const scope = root.child('engines');
  const children = { ...common, scope, niceness: CHILD_NICENESS, startTimeoutMs: CHILD_START_TIMEOUT_MS };
  const models = await openModels(foundation, scope.child('models'));
  const encoder = createSpeechEncoder({
    ...children,
    // The encoder reads this for each sentence.
    get opus() {
      return mayPrepare() ? OPUS : OPUS_UNDER_LOAD;
    },
  });
  const listening = createListening({ ...children, utterance: utteranceRules(config.vad) });
  const prosody = composeProsody(foundation, { models, slots, isBelow }, scope.child('end of turns'));
  const kept = { gates: new ServiceGates(), circuits: new Circuits(common.clock) };
  const recognition = { ...common, ...kept, http: foundation.http, spender, scope };
  const recognizer = createRecognizer({
    ...recognition,
    models,
    slots,
    poolSize: config.asr.pool_size === 'auto' ? slotCount : Math.min(config.asr.pool_size, slotCount),
    replicas: config.asr.replicas,
    threads,
    ...recognizerSettings(config, recognition),
    niceness: CHILD_NICENESS,
    warmUpSpeech,
  });
  live.add(liveRecognition(recognizer, recognition));
  const voices = await createLiveVoices(foundation, {
    scope,
    encoder,
    models,
    opus: OPUS,
    slots,
    slotCount,
    threads,
    spender,
  });
  return {
    models,
    listening,
    recognizer,
    prosody,
    get voices() {
      return voices.current();
    },
    audition: (tts) => voices.audition(tts),
    speaking: voices.speaking,
    start: async () => void (await Promise.all([listening.start(), encoder.start(), voices.speaking.start()])),
    engines: () => [listening.status(), encoder.status(), ...recognizer.statuses()],
    ensureFor(language) {
      recognizer.ensureFor(language);
      voices.current().ensureFor(language);
    },
  };
}

function composeProsody(
  { live, common }: Foundation,
  { models, slots, isBelow }: Pick<Speech, 'models'> & Pick<Capacity, 'slots' | 'isBelow'>,
  scope: Scope,
): SmartTurnService {
  return createSmartTurn({
    ...common,
    scope,
    models,
    slots,
    enabled: () => live.current.vad.smart_turn === 'auto',
    mayAsk: () => isBelow(live.current.vad.smart_turn_load),
  });
}

async function openModels({ config, dataDir, common }: Foundation, scope: Scope): Promise<ModelStore> {
  const directory = join(dataDir, 'models');
  await removeRewrittenFiles(directory, common.log);
  const { locale, mirrors } = config.models;
  return createModelStore({
    ...common,
    directory,
    locale: locale === 'auto' ? localeOfMachine() : locale,
    mirrors,
    lookEveryMs: MODELS_LOOK_EVERY_MS,
    scope,
  });
}

function utteranceRules(vad: Config['vad']): NonNullable<Parameters<typeof createListening>[0]['utterance']> {
  return {
    threshold: vad.threshold,
    negThreshold: vad.threshold_off,
    minSpeechMs: vad.min_speech_ms,
    preRollMs: vad.pre_roll_ms,
    commitAfterMs: vad.piece_ms,
    maxSegmentMs: vad.max_segment_ms,
    bargeInSpeechMs: vad.barge_in_ms,
  };
}

/** Returns `cn` if the machine seems to be in China. Mirrors that work in China then come first. */
function localeOfMachine(): 'cn' | 'world' {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return uiLanguage(locale) === 'zh' || /^Asia\/(Shanghai|Chongqing|Urumqi|Harbin)$/.test(timeZone) ? 'cn' : 'world';
}
