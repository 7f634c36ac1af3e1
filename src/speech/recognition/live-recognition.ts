import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/index.js';
import type { Metrics } from '../../core/index.js';
import {
  keyIn,
  meteredRecognition,
  providers,
  type AsrProvider,
  type Circuits,
  type RecognitionContext,
  type RecognitionServiceDescriptor,
  type ServiceGates,
  type Spender,
} from '../../providers/index.js';
import type { RecognizerSettings } from './recognizer-settings.js';
import type { SharedRecognizer } from './shared-recognizer.js';
import type { LivePart } from '../../config/index.js';

export type ServicesContext = Omit<RecognitionContext, 'gate'> & {
  readonly metrics: Metrics;
  /** Limits the requests to a service. The gates stay when the configuration changes. */
  readonly gates: ServiceGates;
  /** The circuit breakers stay when the configuration changes. */
  readonly circuits: Circuits;
  readonly spender?: Spender | undefined;
};

export function recognizerSettings(config: Config, context: ServicesContext): RecognizerSettings {
  const { asr, models } = config;
  const chosen = [asr.model, ...asr.fallback].flatMap((id) => providers.recognitionService(id) ?? []);
  // If `asr.model` is a local model, services in `asr.fallback` are ignored, so that the speech stays on the machine.
  const services = providers.recognitionService(asr.model) ? [...new Set(chosen)] : [];
  // The server and the agents share one provider for each service, because they share the limit of simultaneous
  // requests.
  const made = new Map<string, AsrProvider>();
  const make = (service: RecognitionServiceDescriptor): AsrProvider => {
    const known = made.get(service.id) ?? serviceOf(service, asr, context);
    made.set(service.id, known);
    return known;
  };
  const named = asr.services.map((id) => [id, providers.recognitionService(id)] as const);
  return {
    // The id of a service names no local model, so the local models are chosen automatically.
    model: services.length > 0 ? 'auto' : asr.model,
    corrections: asr.corrections,
    autoPull: models.auto_pull,
    services: services.map(make),
    named: new Map(named.map(([id, service]) => [id, service && make(service)])),
  };
}

function serviceOf(
  service: RecognitionServiceDescriptor,
  asr: Readonly<Record<string, unknown>>,
  { metrics, gates, circuits, spender, ...context }: ServicesContext,
): AsrProvider {
  const settings = service.settings.parse(asr[service.id] ?? {});
  const gate = gates.of({
    kind: 'asr',
    service: service.id,
    ...(service.limits?.(settings) ?? { concurrent: Infinity }),
    keys: keyIn(settings),
    clock: context.clock,
    metrics,
  });
  const made = service.create(settings, { ...context, gate });
  const provider = spender && !service.local && service.key !== undefined ? meteredRecognition(made, spender) : made;
  circuits.adopt(provider, ['asr', service.id, settings]);
  return provider;
}

const relevant = ({ asr, models }: Config): unknown => ({ ...asr, autoPull: models.auto_pull });

/** Applies changes of the configuration. A trial of another `asr.model` is refused if a model cannot be loaded. */
export function liveRecognition(recognizer: SharedRecognizer, context: ServicesContext): LivePart {
  return {
    name: 'recognition',
    async prepare({ now, next, trial }) {
      if (isDeepStrictEqual(relevant(now), relevant(next))) return undefined;
      return recognizer.prepareChange(recognizerSettings(next, context), trial && now.asr.model !== next.asr.model);
    },
  };
}
