import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.js';
import { providers, type AsrProvider, type RecognitionContext } from '../providers/index.js';
import type { RecognizerLane, RecognizerSettings } from '../speech/listening/index.js';
import type { LivePart } from '../config/index.js';

/** The live settings of recognition. */
export function recognizerSettings(config: Config, context: RecognitionContext): RecognizerSettings {
  const { asr, models } = config;
  const service = serviceOf(config, context);
  // A service is no model of the catalogue: where it fails, the models are chosen as without it.
  return { model: service ? 'auto' : asr.model, corrections: asr.corrections, autoPull: models.auto_pull, service };
}

function serviceOf({ asr }: Config, context: RecognitionContext): AsrProvider | undefined {
  const chosen = providers.recognitionServices.find(({ id }) => id === asr.model);
  return chosen?.create(chosen.settings.parse(sectionOf(asr, chosen.id) ?? {}), context);
}

/** A change of these values changes recognition. */
const relevant = ({ asr, models }: Config): unknown => ({ ...asr, autoPull: models.auto_pull });

const sectionOf = (asr: Readonly<Record<string, unknown>>, id: string): unknown => asr[id];

/** Loads another model beside the present one before any device depends on it; if loading fails, nothing changes. */
export function liveRecognition(recognizer: RecognizerLane, context: RecognitionContext): LivePart {
  return {
    name: 'recognition',
    async prepare({ now, next, trial }) {
      if (isDeepStrictEqual(relevant(now), relevant(next))) return undefined;
      return recognizer.prepareChange(recognizerSettings(next, context), trial && now.asr.model !== next.asr.model);
    },
  };
}
