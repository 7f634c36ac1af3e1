import { expect, it } from 'vitest';
import { type AsrModel, CATALOGUE, chooseModels } from '../index.js';

const models = CATALOGUE.filter((model): model is AsrModel => model.kind === 'asr');
const choose = (language: string, installed: readonly string[], preferred?: string) => {
  const { usable, wanted } = chooseModels(models, language, ({ id }) => installed.includes(id), preferred);
  return [usable.map(({ id }) => id), wanted?.id];
};

it('chooses a hidden model only by name, even if it is the only installed model', () => {
  expect(choose('zh-CN', ['sensevoice-cost'])).toEqual([[], 'sense-voice-int8']);
  expect(choose('en-US', ['sensevoice-cost'])).toEqual([[], 'sense-voice-int8']);
  expect(choose('fr-FR', ['sensevoice-cost', 'whisper-base'])).toEqual([['whisper-base'], undefined]);
  expect(choose('zh-CN', ['sensevoice-cost', 'sense-voice-int8'])).toEqual([['sense-voice-int8'], undefined]);
});

it('uses a model chosen by name for every language', () => {
  for (const language of ['zh-CN', 'en-US', 'fr-FR'])
    expect(choose(language, ['sensevoice-cost'], 'sensevoice-cost')).toEqual([['sensevoice-cost'], undefined]);
  expect(choose('en-US', ['moonshine-tiny-en'], 'sensevoice-cost')).toEqual([['moonshine-tiny-en'], 'sensevoice-cost']);
});
