import { INCLUDED } from './known/included.js';
import { MORE_RECOGNITION } from './known/more-recognition.js';
import { RECOGNITION } from './known/recognition.js';
import { SPEAKERS } from './known/speakers.js';
import { STREAMING } from './known/streaming.js';
import { TURNS } from './known/turns.js';
import { VOICES } from './known/voices.js';
import type { CatalogueModel } from './known/entry.js';

export type { AsrModel, CatalogueModel, Mirror, TtsModel } from './known/entry.js';

const models: CatalogueModel[] = [
  ...INCLUDED,
  ...RECOGNITION,
  ...MORE_RECOGNITION,
  ...STREAMING,
  ...VOICES,
  ...SPEAKERS,
  ...TURNS,
];

/** Models found in the models folder are added when the configuration is loaded. */
export const CATALOGUE: readonly CatalogueModel[] = models;

export const SPEAKER_MODELS: readonly string[] = SPEAKERS.map(({ id }) => id);

/** Tells from the sound of the voice whether a turn is over. */
export const TURN_MODEL = 'smart-turn-v3';

/** Comes with Chorus. */
export const ENGLISH_MODEL = 'moonshine-tiny-en';
/** A Chinese device needs this model if no other Chinese one is configured or installed. Does not come with Chorus. */
export const CHINESE_MODEL = 'sense-voice-int8';

export function findModel(id: string, catalogue: readonly CatalogueModel[] = CATALOGUE): CatalogueModel | undefined {
  return catalogue.find((model) => model.id === id);
}

/** Returns false if a model with that id already exists. */
export function addModel(model: CatalogueModel): boolean {
  if (findModel(model.id)) return false;
  models.push(model);
  return true;
}
