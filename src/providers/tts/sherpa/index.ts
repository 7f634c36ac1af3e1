import { both } from '../../../core/index.js';
import { CATALOGUE, type TtsModel } from '../../../engines/index.js';
import { defineVoice, type VoiceDescriptor } from '../../descriptor.js';
import { noSettings } from '../../settings.js';
import { sherpaTts } from './sherpa-tts.js';

export const sherpaVoices: readonly VoiceDescriptor<string, typeof noSettings>[] = CATALOGUE.filter(
  (model) => model.kind === 'tts',
).map((model) => sherpaVoice(model));

export function sherpaVoice(model: TtsModel): VoiceDescriptor<string, typeof noSettings> {
  const megabytes = Math.round(model.downloadBytes / 1e6);
  return defineVoice({
    id: model.id,
    name: both(model.id, model.id),
    about: model.about,
    local: true,
    settings: noSettings,
    languages: model.languages,
    // Voices without `auto` are large, or have a licence or a sound that the user must choose deliberately.
    automatic: model.auto,
    model,
    inTable: {
      languages: model.about,
      needs:
        model.source.type === 'folder'
          ? both('its files in the folder of models', '文件放在模型文件夹里')
          : both(`${megabytes} MB download`, `下载 ${megabytes} MB`),
      sounds: both('natural, on this machine', '自然，在本机合成'),
    },
    unproven: true,
    create: (_, { models, slotCount: slots, threads, clock, log, metrics, scope }) =>
      sherpaTts({ model, models, slots, threads, clock, log, metrics, scope }),
  });
}
