import type { VoiceContext, VoiceDescriptor } from '../descriptor.js';
import type { Circuits } from '../circuits.js';
import { ServiceGates } from '../service-gates.js';
import { keyIn, providers, voiceSettings, type ProviderRegistry } from '../registry.js';
import { meteredVoice } from '../spending.js';
import type { TtsProvider } from './tts-port.js';
import { voiceOrder } from './voice-order.js';

export type TtsSettings = { readonly provider: string; readonly rate: number } & Readonly<Record<string, unknown>>;

export type VoicesContext = Omit<VoiceContext, 'rate' | 'gate'> & {
  readonly gates?: ServiceGates;
  readonly circuits?: Circuits;
};

export type SharedVoices = ReadonlyMap<string, TtsProvider>;

/**
 * The chosen voice comes first. A device gets the first voice that speaks its language. `shared` contains the voices
 * that several configurations have in common.
 */
export function createVoices(
  tts: TtsSettings,
  context: VoicesContext,
  shared: SharedVoices = new Map(),
  registry: ProviderRegistry = providers,
): readonly TtsProvider[] {
  return voiceOrder(registry.voices, tts.provider).map((voice) => {
    const common = shared.get(voice.id);
    if (!common) return create(voice, tts, { ...context, rate: tts.rate });
    const made = atRate(common, tts.rate);
    context.circuits?.adopt(made, ['tts', voice.id]);
    return made;
  });
}

/** Configurations with different rates share the voice, so each request names the rate. */
function atRate(voice: TtsProvider, rate: number): TtsProvider {
  return {
    ...voice,
    get languages() {
      return voice.languages;
    },
    synthesize: (request, signal) => voice.synthesize({ ...request, rate: request.rate ?? rate }, signal),
  };
}

/** Configurations share the voices that load a model, so that a model is loaded only once. */
export function sharedVoices(context: VoicesContext, registry: ProviderRegistry = providers): SharedVoices {
  const voices = registry.voices.filter(({ model }) => model !== undefined);
  return new Map(voices.map((voice) => [voice.id, create(voice, {}, { ...context, rate: 1 })]));
}

function create(
  voice: VoiceDescriptor,
  tts: Readonly<Record<string, unknown>>,
  { gates = new ServiceGates(), circuits, ...context }: VoicesContext & Pick<VoiceContext, 'rate'>,
): TtsProvider {
  const settings = voiceSettings(voice, tts);
  const gate = gates.of({
    kind: 'tts',
    service: voice.id,
    ...(voice.limits?.(settings) ?? { concurrent: Infinity }),
    keys: keyIn(settings),
    clock: context.clock,
    metrics: context.metrics,
  });
  const made = voice.create(settings, { ...context, gate });
  const { spender } = context;
  const metered = spender && !voice.local && voice.key !== undefined ? meteredVoice(made, spender) : made;
  circuits?.adopt(metered, ['tts', voice.id, settings]);
  // Keeps room for sentences that are certainly wanted.
  return voice.limits ? Object.assign(metered, { hasRoom: () => gate.takesGuess }) : metered;
}

const NOT_HEARD: ReadonlySet<string> = new Set(['api_key', 'api_secret', 'max_concurrent', 'max_per_minute']);

/** A cached phrase is reused only while these values stay the same. */
export function heardSettings(
  tts: Readonly<Record<string, unknown>>,
  registry: ProviderRegistry = providers,
): readonly unknown[] {
  return registry.voices.flatMap((voice) => {
    const settings = voiceSettings(voice, tts);
    if (voice.heardSettings) return voice.heardSettings(settings);
    return Object.entries(settings).filter(([name]) => !NOT_HEARD.has(name));
  });
}
