import type { Config } from './config/index.js';
import type { Clock, Logger, Metrics, Scope } from './core/index.js';
import { edgeTts, espeakTts, fliteTts, openAiTts, voiceOrder, withProbe, type TtsProvider } from './voice/providers/tts/index.js';
import { sherpaTts } from './voice/providers/tts/sherpa/sherpa-tts.js';
import type { ModelStore, TtsModel } from './voice/engines/index.js';
import type { SpeechEncoder } from './voice/speaking/index.js';

export interface VoicesOptions {
  readonly config: Config['tts'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly encoder: SpeechEncoder;
  readonly models: ModelStore;
  readonly slotCount: number;
}

/**
 * The voices of the configuration, best first; the lane takes the first that speaks a device's language and falls back along the
 * list. Who chose a voice of this machine is never spoken to through a cloud one.
 */
export function configuredVoices(options: VoicesOptions): readonly TtsProvider[] {
  const { config, clock, log, metrics, scope, encoder, models, slotCount } = options;
  const neural = models.catalogue
    .filter((model): model is TtsModel => model.kind === 'tts')
    .filter((model) => models.installed(model.id) !== undefined)
    .map((model) => sherpaTts({ model, models, slots: slotCount, clock, log, metrics, scope }));
  const cloudAllowed = ['auto', 'edge', 'openai'].includes(config.provider);
  const { edge, openai } = config;
  return voiceOrder(
    {
      ...(cloudAllowed && { edge: probedEdge(edge, config.rate, options) }),
      ...(config.provider === 'openai' && {
        openai: openAiTts({
          clock,
          baseUrl: openai.base_url,
          model: openai.model,
          voice: openai.voice,
          concurrency: openai.max_concurrent,
          rate: config.rate,
          ...(openai.api_key === undefined ? {} : { apiKey: openai.api_key }),
        }),
      }),
      neural,
      flite: fliteTts({ clock, client: encoder.synthesize, rate: config.rate }),
      espeak: espeakTts({ clock, client: encoder.synthesize, rate: config.rate }),
    },
    { provider: config.provider, offline: !cloudAllowed },
  );
}

/** Without internet Edge must cost nobody a second: it is asked in the background whether it can be reached. */
function probedEdge(edge: Config['tts']['edge'], rate: number, { clock, log, scope }: VoicesOptions): TtsProvider {
  const provider = edgeTts({ clock, url: edge.url, concurrency: edge.max_concurrent, rate, ...(edge.version === undefined ? {} : { version: edge.version }) });
  return withProbe(provider, { clock, log, scope, probe: (signal) => provider.probe(signal) });
}
