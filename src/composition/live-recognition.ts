import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.js';
import type { RecognizerLane, RecognizerSettings } from '../speech/listening/index.js';
import type { LivePart } from '../config/index.js';

/** The live settings of recognition. */
export function recognizerSettings({ asr, models }: Config): RecognizerSettings {
  return { model: asr.model, corrections: asr.corrections, autoPull: models.auto_pull };
}

/** Loads another model beside the present one before any device depends on it; if loading fails, nothing changes. */
export function liveRecognition(recognizer: RecognizerLane): LivePart {
  return {
    name: 'recognition',
    async prepare({ now, next, trial }) {
      const [before, after] = [recognizerSettings(now), recognizerSettings(next)];
      if (isDeepStrictEqual(before, after)) return undefined;
      return recognizer.prepareChange(after, trial && before.model !== after.model);
    },
  };
}
